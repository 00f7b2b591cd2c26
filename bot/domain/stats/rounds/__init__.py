"""What many rounds say of how it was played: sessions, maps, and how one figure of one round came about.

Here belongs what is told of rounds. Not here: what is told of a player (`people`, which it may ask)."""
