"""Slash commands and buttons: `questions` for everybody, `admin` for admins, both on one `kit`."""
