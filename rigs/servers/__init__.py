"""SSH servers to fetch from, OpenSSH's and a scripted one, and a relay that cuts and delays.

Here belongs what listens as a game server's host does. Not here: Discord (`rigs.discord_standin`)."""
