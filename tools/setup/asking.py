"""Who answers: a person at a terminal, or a script that gave every answer before."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple, NoReturn, Protocol

from bot.errors import SettingsError, StatsBotError
from tools.kit.shell import talk

Mistake = Callable[[str], str | None]
"""What is wrong with an answer; None where nothing is."""
_MENTION = re.compile(r"<[#@]&?(\d+)>|https?://\S*discord\S*/channels/\d+/(\d+)\S*")


class Choice(NamedTuple):
    """Something to choose from: what is written down, what it is called, and what should be known of it."""

    value: str
    name: str
    note: str = ""


class Answers(Protocol):
    """Where answers come from; every method raises `SettingsError` where there is none."""

    def text(self, question: str, *, option: str, proposal: str | None, mistake: Mistake) -> str:
        """An answer without mistake; `proposal` is taken where nothing else is said."""
        ...

    def secret(self, question: str, *, option: str) -> str:
        """An answer that is not shown."""
        ...

    def choice(self, question: str, choices: Sequence[Choice], *, option: str, proposal: str | None) -> str:
        """The value of one of these."""
        ...

    def agrees(self, question: str, *, option: str, proposal: bool) -> bool:
        """Yes or no."""
        ...

    def tried_again(self, error: StatsBotError) -> None:
        """Returns when it may be better now; raises the error where nobody can make it so."""
        ...


class Script:
    """Nobody is asked: a proposal counts, and what has none is missing."""

    def text(self, question: str, *, option: str, proposal: str | None, mistake: Mistake) -> str:
        """The proposal."""
        if proposal is None:
            _missing(question, option)
        if why := mistake(proposal):
            raise SettingsError(f"{question}: {why}; give {option}")
        return proposal

    def secret(self, question: str, *, option: str) -> str:
        """There is none to propose."""
        _missing(question, option)

    def choice(self, question: str, choices: Sequence[Choice], *, option: str, proposal: str | None) -> str:
        """The proposal, if it is one of them."""
        if proposal is None or proposal not in [choice.value for choice in choices]:
            _missing(question, option, f": one of {named(choices)}")
        return proposal

    def agrees(self, question: str, *, option: str, proposal: bool) -> bool:
        """The proposal."""
        return proposal

    def tried_again(self, error: StatsBotError) -> None:
        """Nothing changes meanwhile."""
        raise error


class AtTerminal:
    """At a terminal; Enter takes what stands in brackets."""

    def text(self, question: str, *, option: str, proposal: str | None, mistake: Mistake) -> str:
        """Asked until it is right."""
        while True:
            answer = _typed(f"{question}{f' [{proposal}]' if proposal else ''}: ").strip() or proposal or ""
            if answer and not (why := mistake(answer)):
                return answer
            say(f"  {why}" if answer else "  this one is needed", style="yellow")

    def secret(self, question: str, *, option: str) -> str:
        """Typed or pasted unseen."""
        while not (answer := _typed(f"{question} (is not shown): ", is_secret=True).strip()):
            say("  this one is needed", style="yellow")
        return answer

    def choice(self, question: str, choices: Sequence[Choice], *, option: str, proposal: str | None) -> str:
        """By number, name or value."""
        for number, choice in enumerate(choices, 1):
            say(f"  {number:2} {choice.name}{f'  ({choice.note})' if choice.note else ''}")
        preferred = next((n for n, choice in enumerate(choices, 1) if choice.value == proposal), None)
        while True:
            answer = _typed(f"{question}{f' [{preferred}]' if preferred else ''}: ").strip()
            if not answer and preferred:
                return choices[preferred - 1].value
            if answer.isdecimal() and 0 < int(answer) <= len(choices):
                return choices[int(answer) - 1].value
            if value := chosen(answer, choices):
                return value
            say("  type one of the numbers", style="yellow")

    def agrees(self, question: str, *, option: str, proposal: bool) -> bool:
        """Anything that begins with y is yes, with n is no."""
        while True:
            answer = _typed(f"{question} [{'Y/n' if proposal else 'y/N'}]: ").strip().lower()
            if not answer or answer[0] in "yn":
                return answer[0] == "y" if answer else proposal

    def tried_again(self, error: StatsBotError) -> None:
        """Enter tries again; Ctrl-C leaves, and what was answered is kept."""
        say(str(error), style="yellow")
        _typed("Mend it and press Enter to try again (Ctrl-C stops here, and what you answered is kept): ")


def chosen(answer: str, choices: Sequence[Choice]) -> str | None:
    """The value of the one that is meant: by its value, as a mention or link of Discord, or by its name."""
    if match := _MENTION.fullmatch(answer.strip()):
        answer = match[1] or match[2]
    plain = answer.strip().removeprefix("#").casefold()
    meant = [c.value for c in choices if plain and plain in (c.value.casefold(), c.name.removeprefix("#").casefold())]
    return meant[0] if len(meant) == 1 else None


def named(choices: Sequence[Choice]) -> str:
    """The first of them, with what each is written as where that is something else."""
    return ", ".join(c.name if c.name == c.value else f"{c.name} ({c.value})" for c in choices[:10])


def say(text: str, *, style: str | None = None) -> None:
    """A line beside the data."""
    talk.print(text, style=style, markup=False)


def _typed(question: str, *, is_secret: bool = False) -> str:
    try:
        return talk.input(question, markup=False, password=is_secret)
    except EOFError:
        raise KeyboardInterrupt from None


def _missing(question: str, option: str, more: str = "") -> NoReturn:
    raise SettingsError(f"{question}: no answer; give {option}{more}")
