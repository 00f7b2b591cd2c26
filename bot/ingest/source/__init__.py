"""Where round files come from: the protocol of a source, SFTP, a folder, and how a listing is asked for cheaply.

Here belongs fetching names and bytes. Not here: what is done with them (one folder up)."""
