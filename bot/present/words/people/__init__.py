"""Answers about people as text: boards, careers, records, weapons, and beside what is usual.

Here belongs what is said of a player. Not here: what is said of a round, a match or a session (`rounds`)."""
