"""The settings so far: what stands there, and each answer, which is written down as soon as it was looked at."""

from __future__ import annotations

import os

from bot.errors import SettingsError
from bot.settings import Settings, env_file, env_text, looked_through, mistake_in, raw_values
from bot.store.file.database import is_there
from tools.kit.env_text import values_in, with_values, write
from tools.setup.asking import Answers, Script, say

_OF_A_NEW_BOT = {"LINKS_NEED_ADMIN": "false"}
"""What is written where no bot ran before, as in `.env.example`."""


class Draft:
    """`.env`, and whoever answers what is not in it."""

    def __init__(self, answers: Answers) -> None:
        self.answers = answers
        self._raw = raw_values()

    @property
    def is_scripted(self) -> bool:
        """Nobody is there to be asked."""
        return isinstance(self.answers, Script)

    def written(self, name: str) -> str | None:
        """The value of a setting as somebody wrote it."""
        return self._raw.get(name)

    def answered(self, name: str, question: str, *, option: str, given: str | None, proposal: str | None = None) -> str:
        """The answer by its option, else by whoever is asked; what is written comes before a proposal."""
        if given is not None:
            if why := mistake_in(name, given):
                raise SettingsError(f"{option}: {why}")
            return given
        return self.answers.text(
            question,
            option=option,
            proposal=self.written(name) or proposal,
            mistake=lambda value: mistake_in(name, value),
        )

    def keep(self, **values: str) -> None:
        """Write these down, where they say something new; raises `SettingsError`."""
        new = {name.upper(): value for name, value in values.items() if value != self._in_file(name)}
        if new and not env_text() and not is_there(self.settings().database_path):
            new |= _OF_A_NEW_BOT
        for name in [name for name in new if os.environ.get(name) not in (None, "", new[name])]:
            say(f"note: the environment has another {name}, and that one counts while it is set", style="yellow")
        if new:
            meanings = {name.upper(): (field.description or "") for name, field in Settings.model_fields.items()}
            try:
                write(env_file(), with_values(env_text(), new, meanings))
            except OSError as error:
                raise SettingsError(f"{env_file()} cannot be written: {error.strerror or error}") from None
        self._raw |= values

    def replace(self, name: str, value: str, because: str) -> None:
        """Write down what nobody was asked for, and say what stood there until now; raises as `keep`."""
        if (written := self.written(name)) not in (None, value):
            say(f"{name.upper()}: {written} is replaced by {value}, because {because}.", style="yellow")
        self.keep(**{name: value})

    def settings(self) -> Settings:
        """As the bot will read them."""
        return looked_through()[0]

    @staticmethod
    def _in_file(name: str) -> str | None:
        return {key.lower(): value for key, value in values_in(env_text()).items()}.get(name)
