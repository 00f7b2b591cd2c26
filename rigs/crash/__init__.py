"""The crash test: the real bot between a real SSH server and Discord's stand-in, killed while both sides fail as well.

    python -m rigs.crash [--kills 1000] [--each 5] [--lanes 8] [--seed 0]      what `make crashtest` runs
    python -m rigs.crash.soak [MINUTES]                                         what `make soak` runs

`forks` starts bots quickly, `life` is one evening with its kills, `history` compares what the servers saw with the
database at rest. What the invariants mean: docs/dev/INVARIANTS.md.
"""
