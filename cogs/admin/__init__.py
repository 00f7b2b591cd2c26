"""Commands for admins: settings, syncing, repairs, the log of what admins did.

Every command and every button here checks the admin again."""
