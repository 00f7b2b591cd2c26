"""From the outbox to Discord: claimed before it is sent, never twice in sight.

Here belongs the protocol of posting. Not here: which posts are owed (`ingest/owing`), what they say (`present`)."""
