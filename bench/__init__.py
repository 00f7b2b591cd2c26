"""The benchmark programs: `python -m bench [NAME…]` measures each figure beside its anchor and prints one table."""
