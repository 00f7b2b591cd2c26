"""What the benchmarks measure with: figures, processes, the bot set up for it, archives to measure on.

Here belongs what two programs need. Not here: something that is measured (one folder up)."""
