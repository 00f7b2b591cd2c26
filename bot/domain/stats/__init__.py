"""What many rounds add up to: metrics, scopes, sessions, teams, awards, records, careers, and the answers' shapes.

Here belongs arithmetic over stored rounds. Not here: SQL (`store/questions`), sentences (`present/words`)."""
