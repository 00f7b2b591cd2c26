"""What tests, bench and preview stand on: builders of round files, a world on disk, a Discord stand-in, SSH servers.

Here belongs what imitates the outside. Not here: a test."""
