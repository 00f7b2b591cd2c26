"""Commands about rounds: matches, sessions, maps, one explained, exports.

Here belongs a command whose answer is of rounds. Not here: one whose answer is of players (`people`)."""
