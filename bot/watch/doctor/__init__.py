"""The doctor: is the bot set up so that the evening will go well? Each check is a function, each answer has its fix.

Here belongs what looks at the set-up: settings, files, game server, Discord. Not here: whether every file is accounted
for (the audit), and how the running parts are (`health`)."""
