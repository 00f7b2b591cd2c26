"""The bot: one river, from a game server's folder to Discord.

    game server ──► local_stats/ ──► report ──► round ──► database ──► outbox ──► Discord
        SFTP          mirror         parse   differential   one tx     dispatch
                                                               └──► questions ──► slash commands, tools

    domain/   game: what a file says and what happened · stats: many rounds · audit: is every file there · posts
              rules: what the admin decided, as one value that is handed down
    store/    all SQL: file: the database file · what an import, a post or an admin writes · questions: what people ask
    ingest/   from the folder into the database, exactly once; source: SFTP or a folder
    present/  what people look at: words, pictures, charts, audit; no SQL, no network
    deliver/  from the outbox to Discord: claimed, sent, recorded
    watch/    the bot looks after itself: self-audit, health
    app       builds all of that once, for the bot and for every tool
    client    Discord's side; process: from the settings to the exit code
    clock     the only place that reads the time; handed down like the rules
    invocation  how the process was started, and where its .env is: for every command that a message prints
    settings, logs, lock, supervise, errors (the tree of everything that goes wrong by design)

Beside it `cogs/` (slash commands) and `tools/` (command lines), which ask and show; `rigs/`, `tests/`, `bench/`.

One rule: imports run downhill to the pure core, `domain`. More: docs/dev/ARCHITECTURE.md; words: GLOSSARY.
"""

__version__ = "0.2.0"
