"""From the server's folder into the database, exactly once: look, judge, settle, fetch, import, repair.

Here belongs the way of a file. Not here: where files come from (`source`), what they mean (`domain/game`)."""
