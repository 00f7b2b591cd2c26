"""The database: the only package that speaks SQL. The river's own tables; `file` is below, `questions` above.

Here belongs what an import, a post or an admin writes. Not here: judging (`domain`), sentences (`present`)."""
