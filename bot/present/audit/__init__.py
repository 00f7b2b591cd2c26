"""The audit and the bot's state as words, as a card, and in a terminal.

Here belongs what admins read about files. Not here: the checks themselves (`domain/audit`)."""
