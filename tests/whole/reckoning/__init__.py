"""A second reckoning of rounds, figures and teams, which shares no code with the bot, and tests that compare them."""
