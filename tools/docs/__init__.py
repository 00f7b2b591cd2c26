"""`python -m tools.docs`: writes every part of the documents that the code knows better; `--check` only looks.

Here belongs what is written into documents. Not here: what a table says of one thing, which stands with that thing."""
