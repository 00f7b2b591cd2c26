"""The command line: `python -m tools.<verb>` parses arguments, calls, prints. No logic."""
