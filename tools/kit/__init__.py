"""What the command lines share: the terminal, the program `etstats`, repairs, a source to sync from.

Here belongs what two tools need, or only the program. Not here: what `python -m tools.X` starts (one folder up)."""
