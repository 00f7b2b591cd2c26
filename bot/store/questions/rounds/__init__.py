"""What is asked about rounds: one explained, matches, sessions, maps, posts, exports.

Here belongs what is found by a round. Not here: what adds a person's lines up (`people`, which it may ask)."""
