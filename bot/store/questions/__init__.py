"""What people ask, as SQL over the river's tables: boards, careers, matches, sessions, maps, records, exports.

Here belongs reading. Not here: anything that writes (one folder up), sentences (`present`)."""
