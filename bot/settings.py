"""What the admin decides, from the environment and `.env`; every mistake is reported at once, with its fix."""

from __future__ import annotations

import codecs
import difflib
import io
import os
import re
import stat
from collections import Counter
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

from dotenv.parser import Binding, parse_stream
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.domain.rules import Rules, Thresholds
from bot.domain.stats.scope import season_table
from bot.errors import SettingsError
from bot.invocation import command, folder, quoted, where_env_was_looked_for
from bot.present.words.mistakes import bare_host, bare_id, in_words
from bot.store.file.backups import folder_of
from bot.store.file.writable import is_seen

BOT_NEEDS = (
    "discord_token",
    "stats_channel_id",
    "admin_channel_id",
    "ssh_host",
    "ssh_user",
    "ssh_key_path",
    "remote_stats_path",
)
SSH_NEEDS = ("ssh_host", "ssh_user", "ssh_key_path", "remote_stats_path")
_OF_SSH = ("ssh_port", "ssh_known_hosts", "ssh_password", "ssh_key_passphrase")
_ALWAYS = ("database_path", "local_stats_dir", "backup_dir", "server_timezone", "session_gap_minutes", "win_points")
_CUT = re.compile(
    r"^[ \t]*(?:export[ \t]+)?(?P<name>\w+)[ \t]*=(?:[ \t]*[^\s'\"][^\r\n]*?[ \t]#|[ \t]+#(?=\S))", re.MULTILINE
)
IN_QUOTES = "put the value in single quotes if the # belongs to it"
IS_MISSING = "is missing"
NO_SETTING = "is no NAME=value, or its quotes are not closed, so it counts for nothing"
_AS_UTF8 = "save it as UTF-8 (in Notepad: Save as, Encoding: UTF-8)"


class Settings(BaseSettings):
    """Every setting, in the order of `.env.example`; the description is what the admin reads there."""

    model_config = SettingsConfigDict(
        env_file_encoding="utf-8", env_ignore_empty=True, extra="ignore", frozen=True, str_strip_whitespace=True
    )

    discord_token: SecretStr | None = Field(None, description="the bot's token, from the Developer Portal")
    discord_guild_id: int | None = Field(None, gt=0, description="optional: register the commands in this server only")
    stats_channel_id: int | None = Field(None, gt=0, description="channel id for finished rounds")
    admin_channel_id: int | None = Field(None, gt=0, description="channel id for alerts to the admins")
    admin_role_id: int | None = Field(
        None, gt=0, description="optional: a role that may use /sync besides Manage Server"
    )
    ssh_host: str | None = Field(None, description="the game server's address")
    ssh_port: int = Field(22, ge=1, le=65535, description="its SSH port")
    ssh_user: str | None = Field(None, description="the account that may read the stats folder")
    ssh_key_path: Path | None = Field(None, description="private key file of that account, unless SSH_PASSWORD is set")
    ssh_key_passphrase: SecretStr | None = Field(None, description="optional: the key's passphrase")
    ssh_password: SecretStr | None = Field(
        None, description="optional: the account's password, where the server takes no key; a key is better"
    )
    ssh_known_hosts: Path | None = Field(None, description="known-hosts file; default: known_hosts beside .env")
    remote_stats_path: str | None = Field(
        None, description="folder of the round files on the game server; ~/ is the account's home"
    )
    server_timezone: str = Field(
        "UTC", description="zone of the stamps in file names, such as Europe/Berlin; a change re-times all rounds"
    )
    poll_interval_seconds: float = Field(3, ge=1, le=3600, description="seconds between two looks at the server")
    full_listing_seconds: float = Field(600, ge=10, le=86400, description="seconds between two full listings")
    post_max_age_minutes: int = Field(180, ge=1, le=10080, description="older rounds are imported, but not posted")
    session_gap_minutes: int = Field(
        60, ge=30, le=1440, description="a longer pause begins a new session; 30 at least, since a round takes 15"
    )
    seasons: str = Field("", description="named periods: spring-26=2026-03-01..2026-05-31; cup=2026-06-06..2026-06-07")
    win_points: int = Field(
        1, ge=1, le=2, description="1, or 2: points for a won map in a session's score; with 2 a draw is 1-1"
    )
    links_need_admin: bool = Field(
        default=True,
        description="an admin confirms each /link; false: at once where unclaimed. Where it is absent it is true; "
        "`.env.example` and `etstats setup` write false for a new bot",
    )
    silence_minutes: int = Field(
        30, ge=5, le=1440, description="alert when the game server was not reached for so long"
    )
    audit_gap_healthy: int = Field(
        50, ge=0, le=1_000_000, description="audit: so many old files missing from disk are healthy"
    )
    audit_gap_warning: int = Field(
        100, ge=0, le=1_000_000, description="audit: more files missing from disk are a warning"
    )
    audit_old_days: int = Field(30, ge=1, le=3650, description="audit: a missing file is old after so many days")
    audit_recent_days: int = Field(7, ge=1, le=3650, description="audit: a missing file of the last days is a warning")
    audit_stuck_minutes: int = Field(
        15, ge=1, le=10080, description="audit: a file seen and not imported for so long is stuck"
    )
    local_stats_dir: Path = Field(
        Path("local_stats"), validate_default=True, description="where the round files are kept"
    )
    database_path: Path = Field(Path("etlegacy_stats.db"), validate_default=True, description="the SQLite database")
    backup_dir: Path | None = Field(
        None, description="folder of the database's daily backups; default: backups beside the database"
    )

    @field_validator("ssh_key_path", "ssh_known_hosts", "local_stats_dir", "database_path", "backup_dir")
    @classmethod
    def _from_the_folder(cls, value: Path | None) -> Path | None:
        try:
            return None if value is None else folder() / value.expanduser()
        except RuntimeError:
            raise ValueError(f"{value} begins with the home of nobody here: write the whole path") from None

    @field_validator("discord_guild_id", "stats_channel_id", "admin_channel_id", "admin_role_id", mode="before")
    @classmethod
    def _id(cls, value: object) -> object:
        return bare_id(value) if isinstance(value, str) else value

    @field_validator("ssh_host")
    @classmethod
    def _host(cls, value: str | None) -> str | None:
        return None if value is None else bare_host(value)

    @field_validator("remote_stats_path")
    @classmethod
    def _remote(cls, value: str | None) -> str | None:
        if value is not None and value.startswith("~") and value[1:2] not in ("", "/"):
            raise ValueError("SFTP knows no ~name: write the whole path, or ~/ for the home of SSH_USER")
        return value

    @field_validator("server_timezone")
    @classmethod
    def _zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError):
            raise ValueError(f"{value!r} is no time zone: use a name such as Europe/Berlin or UTC") from None
        return value

    @field_validator("seasons")
    @classmethod
    def _seasons(cls, value: str) -> str:
        season_table(value)
        return value

    @property
    def rules(self) -> Rules:
        """What the rest of the program is told of these settings about rounds, sessions, posts and audits."""
        return Rules(
            zone=ZoneInfo(self.server_timezone),
            session_gap=60 * self.session_gap_minutes,
            seasons=season_table(self.seasons),
            win_points=self.win_points,
            post_max_age=60 * self.post_max_age_minutes,
            silence=60 * self.silence_minutes,
            thresholds=Thresholds(
                gap_notice=self.audit_gap_healthy,
                gap_warning=self.audit_gap_warning,
                old_days=self.audit_old_days,
                recent_days=self.audit_recent_days,
                stuck_minutes=self.audit_stuck_minutes,
            ),
        )

    @property
    def known_hosts(self) -> Path:
        """Where the game server's key is kept: beside the settings, unless one lies beside the database alone."""
        if self.ssh_known_hosts is not None:
            return self.ssh_known_hosts
        return self.stray_known_hosts or _beside_settings()

    @property
    def stray_known_hosts(self) -> Path | None:
        """The file of an earlier version, which kept it beside the database; None where nothing depends on it."""
        beside_database = self.database_path.absolute().with_name("known_hosts")
        if self.ssh_known_hosts is not None or is_seen(_beside_settings()) or not is_seen(beside_database):
            return None
        return beside_database

    @property
    def backups(self) -> Path:
        """Where the database's backups are kept."""
        return folder_of(self.database_path, self.backup_dir)

    def secrets(self) -> list[str]:
        """What must never be printed."""
        return [s.get_secret_value() for s in (self.discord_token, self.ssh_key_passphrase, self.ssh_password) if s]


def env_file() -> Path:
    """Where the settings stand."""
    return folder() / ".env"


def load(*needs: str) -> Settings:
    """The settings, of which `needs` must be there; raises `SettingsError` with every mistake among those used.

    A mistake in a setting that is not needed here is not this program's business.
    """
    values, mistakes = looked_through(*needs)
    if mistakes:
        lines = "\n".join(f"  {line}" for line in mistakes)
        place = where_env_was_looked_for() or f"{env_file()} or the environment"
        raise SettingsError(f"these settings need attention ({place}; see .env.example):\n{lines}")
    return values


def looked_through(*needs: str) -> tuple[Settings, list[str]]:
    """The settings as far as they can be read, and every mistake among those used, in order.

    Raises `SettingsError` where nothing can be read.
    """
    _refuse_writable()
    relevant = {*needs, *_ALWAYS, *(_OF_SSH if "ssh_host" in needs else ())}
    if "discord_token" in needs:
        relevant = set(Settings.model_fields)
    values, mistakes = _read(relevant)
    for name in needs:
        if name == "ssh_key_path" and values.ssh_password is not None:
            continue
        if getattr(values, name) is None and not any(m.startswith(name.upper()) for m in mistakes):
            mistakes.append(f"{name.upper()} {IS_MISSING}: {Settings.model_fields[name].description}")
    if {"audit_gap_warning", "audit_old_days"} <= relevant:
        mistakes += _crossed(values)
    if "ssh_key_path" in needs and values.ssh_key_path is not None:
        mistakes += _about_key(values.ssh_key_path)
    return values, sorted(mistakes)


def _crossed(values: Settings) -> list[str]:
    """Limits of the audit of which the lower one is above the upper one."""
    return [
        f"{lower.upper()}: {getattr(values, lower)} is above {upper.upper()}={getattr(values, upper)}: "
        f"write {getattr(values, upper)} or less, or a higher {upper.upper()}"
        for lower, upper in (("audit_gap_healthy", "audit_gap_warning"), ("audit_recent_days", "audit_old_days"))
        if getattr(values, lower) > getattr(values, upper)
    ]


def _about_key(path: Path) -> list[str]:
    try:
        if path.is_dir():
            return [f"SSH_KEY_PATH: {path} is a folder: name the file of the private key in it"]
        if not path.is_file():
            return [f"SSH_KEY_PATH: there is no file {path}: correct it, or let `{command('setup')}` make a key"]
    except OSError as error:
        return [
            f"SSH_KEY_PATH: {path} cannot be reached ({error.strerror or error}): the user that runs the bot must be "
            "able to enter each folder above it; keep the key where that user can, such as beside .env"
        ]
    return []


def _beside_settings() -> Path:
    return env_file().absolute().with_name("known_hosts")


def _read(relevant: set[str]) -> tuple[Settings, list[str]]:
    skipped: dict[str, Any] = {}
    mistakes: list[str] = []
    for _ in Settings.model_fields:
        try:
            return Settings(_env_file=None, **{**_from_file(), **skipped}), mistakes
        except ValidationError as error:
            for problem in error.errors(include_input=False, include_url=False):
                name = str(problem["loc"][0]).lower()
                if name in relevant:
                    mistakes.append(f"{name.upper()}: {in_words(problem, Settings.model_fields[name])}")
                skipped[name] = Settings.model_fields[name].get_default()
    raise AssertionError("every round of reading settles one field")


def raw_values() -> dict[str, str]:
    """Every setting that has a value, as it was written in the environment or else in `.env`."""
    environment = {name.lower(): value for name, value in os.environ.items() if value}
    return {**_from_file(), **{name: environment[name] for name in Settings.model_fields if name in environment}}


def mistake_in(name: str, value: str) -> str | None:
    """What is wrong with this value of a setting; None where nothing is."""
    try:
        Settings(_env_file=None, **cast("dict[str, Any]", {name: value}))
    except ValidationError as error:
        every = error.errors(include_input=False, include_url=False)
        return next(
            (
                in_words(problem, Settings.model_fields[name])
                for problem in every
                if str(problem["loc"][0]).lower() == name
            ),
            None,
        )
    return None


def _written() -> dict[str, str]:
    """What stands in `.env`, as it stands there: a `${…}` in a password is a part of it. Raises `SettingsError`."""
    return {binding.key: binding.value for binding in _bindings() if binding.key and binding.value is not None}


def _bindings() -> list[Binding]:
    """Each statement of `.env`."""
    return [*parse_stream(io.StringIO(env_text()))]


def env_text() -> str:
    """What stands in `.env`; empty where there is none. Raises `SettingsError` where it is no UTF-8 text."""
    try:
        data = env_file().read_bytes()
    except FileNotFoundError:
        return ""
    except IsADirectoryError:
        raise SettingsError(f"{env_file()} is a folder: move it away, and write the settings into a file") from None
    except OSError as error:
        fix = "give it to the user that runs the bot, mode 0600"
        raise SettingsError(f"{env_file()} cannot be read ({error.strerror or error}): {fix}") from None
    zeros = data.count(b"\0")
    has_one_a_letter = 3 * zeros > len(data) and b"\0\0" not in data  # many in a row are what a power cut left
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or has_one_a_letter:
        raise SettingsError(f'{env_file()} cannot be read as UTF-8 text: it is UTF-16 ("Unicode"); {_AS_UTF8}')
    if zeros:
        line = data[: data.index(b"\0")].count(b"\n") + 1
        raise SettingsError(f"{env_file()} is no text: line {line} has a NUL byte; write that line anew")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise SettingsError(f"{env_file()} cannot be read as UTF-8 text: line {line} is none; {_AS_UTF8}") from None


def _from_file() -> dict[str, str]:
    """The settings in `.env` that the environment does not have."""
    environment = {name.lower() for name, value in os.environ.items() if value}
    return {
        name.lower(): value
        for name, value in _written().items()
        if value and name.lower() in Settings.model_fields and name.lower() not in environment
    }


def cut_secrets() -> list[str]:
    """Secrets in `.env` that a ` #` cuts short or makes a comment of, since they are in no quotes."""
    secrets = [name.upper() for name, field in Settings.model_fields.items() if "SecretStr" in str(field.annotation)]
    return [match["name"].upper() for match in _CUT.finditer(env_text()) if match["name"].upper() in secrets]


def _refuse_writable() -> None:
    """Who may write the settings decides what the bot does with its key and token."""
    try:
        mode = env_file().stat().st_mode if os.name == "posix" else 0
    except OSError:
        return  # not there; or it cannot be read, and reading says so
    if stat.S_ISREG(mode) and mode & 0o022:
        raise SettingsError(f"{env_file()} can be written by other users: chmod 600 {quoted(str(env_file()))}")


def repeated_names() -> list[str]:
    """Names that `.env` gives a value more than once; raises `SettingsError`."""
    names = [binding.key.upper() for binding in _bindings() if binding.key and binding.value is not None]
    return [name for name, number in Counter(names).items() if number > 1]


def broken_lines() -> list[int]:
    """Lines of `.env` that say nothing: what stands there may be a secret, and is never told."""
    return [
        binding.original.line for binding in _bindings() if binding.error or (binding.key and binding.value is None)
    ]


def unknown_names() -> list[str]:
    """Names in `.env` that mean nothing here, each with the likeliest one meant."""
    known = [name.upper() for name in Settings.model_fields]
    odd = []
    for name in _written():
        if name.upper() not in known:
            close = difflib.get_close_matches(name.upper(), known, n=1)
            odd.append(f"{name}: did you mean {close[0]}?" if close else name)
    return odd


def example() -> str:
    """The text of `.env.example`: every setting with its meaning and default."""
    lines = ["# Copy this file to .env and fill it in. Everything that has a value here may stay as it is.", ""]
    for name, field in Settings.model_fields.items():
        needed = " (required)" if name in BOT_NEEDS else ""
        default = "" if field.default is None else field.default
        default = False if name == "links_need_admin" else default  # of an older .env without it the default stays
        commented = "" if needed or field.default is not None else "#"
        lines += [f"# {field.description}{needed}", f"{commented}{name.upper()}={default}", ""]
    return "\n".join(lines)
