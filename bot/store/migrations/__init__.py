"""The schema, file by file: each brings a database from one version to the next, and is never changed once released."""
