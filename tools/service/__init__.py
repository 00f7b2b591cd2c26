"""The bot as a service of this machine: what systemd is told, and where everything lies that its user needs.

Here belongs what is outside of the bot's own folder. Not here: what the running bot tells systemd (`bot.notices`)."""
