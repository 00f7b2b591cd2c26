"""What is asked about people: boards, careers, duels, records, awards, weapons, and who is meant by a name.

Here belongs what adds a person's lines up. Not here: what is asked about a round, a match or an evening (`rounds`)."""
