"""The bot looks after itself: the self-audit, the gathering of its sets, and how every part is.

Here belongs what notices trouble. Not here: mending it (`ingest/repair`), wording it (`present/audit`)."""
