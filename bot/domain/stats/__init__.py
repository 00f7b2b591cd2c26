"""What many rounds add up to: metrics, scopes, teams, the answers' shapes; `people`, and `rounds` above it.

Here belongs arithmetic over stored rounds. Not here: SQL (`store/questions`), sentences (`present/words`)."""
