"""What a file says: its name, its columns, the report in it, read and written byte by byte.

Here belongs the grammar of one file. Not here: what happened in the round, which takes two (one folder up)."""
