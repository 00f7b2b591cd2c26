"""Answers and posts as text: tables, lines, names made harmless.

Here belongs every sentence that a person reads about play. Not here: pictures, and the audit's sentences."""
