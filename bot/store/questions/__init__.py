"""What people and the audit ask, as SQL over the river's tables: about people, about rounds, about all that there is.

Here belongs reading. Not here: anything that writes (one folder up), sentences (`present`)."""
