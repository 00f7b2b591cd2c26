"""From nothing to a bot that can start: each value is asked for, looked at where it leads, and written into `.env`.

Here belongs asking, proposing and writing down. Not here: judging a set-up that is written (`bot.watch.doctor`)."""
