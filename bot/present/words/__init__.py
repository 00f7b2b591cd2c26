"""Answers and posts as text: tables, lines, names made harmless; `people`, and `rounds` above it.

Here belongs every sentence that a person reads about play. Not here: pictures, and the audit's sentences."""
