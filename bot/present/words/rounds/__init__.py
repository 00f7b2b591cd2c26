"""Answers about rounds as text: matches, sessions, maps, one explained, one file's story, exported sheets.

Here belongs what is said of rounds. Not here: what is said of a player (`people`, whose lines it may use)."""
