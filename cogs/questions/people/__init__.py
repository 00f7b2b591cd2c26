"""Commands about people: boards, players, who one is, two side by side.

Here belongs a command whose answer is of players. Not here: one whose answer is of rounds (`rounds`)."""
