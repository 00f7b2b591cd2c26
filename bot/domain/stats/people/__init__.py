"""What many rounds say of people: boards, careers, awards, records, arms, baselines.

Here belongs what is told of a player. Not here: what is told of a session, a map or one round (`rounds`)."""
