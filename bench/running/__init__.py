"""The bot as it runs, in a process of its own or against the stand-in for Discord."""
