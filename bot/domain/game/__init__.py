"""What a file says, and what happened: one round file's grammar, the differential, pairs, rounds and matches.

Here belongs what is true of a round or a match by itself. Not here: sums over many rounds (`stats`), whether all
files are accounted for (`audit`), sentences (`present`)."""
