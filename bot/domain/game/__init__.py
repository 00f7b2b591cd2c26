"""What happened: the differential, judgements, pairs, rounds and matches; what a file says is below it, in `file`.

Here belongs what is true of a round or a match by itself. Not here: sums over many rounds (`stats`), whether all
files are accounted for (`audit`), sentences (`present`)."""
