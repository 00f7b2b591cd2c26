"""No secret leaves in a log line, whatever it hides in."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator

import pytest

from bot.logs import HIDDEN, RedactingFormatter, set_up

PASSPHRASE = "open sesame"
TOKEN = ".".join(("MTE" + "x" * 23, "Gabcde", "y" * 38))
"""The shape of a bot token; it never was one."""


def line(
    message: str, *args: object, secrets: tuple[str, ...] = (PASSPHRASE,), error: BaseException | None = None
) -> str:
    info = (type(error), error, error.__traceback__) if error else None
    record = logging.LogRecord("bot", logging.ERROR, __file__, 1, message, args, info)
    return RedactingFormatter(secrets).format(record)


def test_an_ordinary_line_is_left_as_it_is() -> None:
    assert line("%d files in %s", 3, "local_stats").endswith("ERROR   bot: 3 files in local_stats")


def test_a_secret_is_hidden_in_the_message_and_in_its_arguments() -> None:
    for text in (line(f"with {PASSPHRASE}"), line("with %s", PASSPHRASE), line("%r", {"key": PASSPHRASE})):
        assert PASSPHRASE not in text
        assert HIDDEN in text


def test_a_secret_is_hidden_in_a_traceback_and_in_its_causes() -> None:
    def fail() -> None:
        try:
            int(f"cannot decrypt with {PASSPHRASE}")
        except ValueError as cause:
            raise RuntimeError(f"login as {TOKEN}") from cause

    with pytest.raises(RuntimeError) as caught:
        fail()
    text = line("failed", error=caught.value)
    assert "Traceback" in text
    assert PASSPHRASE not in text
    assert TOKEN not in text


@pytest.mark.parametrize(
    "text",
    [
        TOKEN,
        f"Authorization: Bot {TOKEN}",
        f"https://discord.com/api/webhooks/123456789/{'w' * 68}",
        f"https://discord.com/api/v10/interactions/123456789/{'a' * 80}/callback",
        f"https://discord.com/api/v10/webhooks/123456789/{'a' * 80}/messages/@original",
    ],
)
def test_what_has_the_shape_of_a_secret_is_hidden_though_nobody_named_it(text: str) -> None:
    said = line("request %s", text, secrets=())
    assert HIDDEN in said
    for canary in (TOKEN, "w" * 20, "a" * 20):
        assert canary not in said


def test_an_empty_secret_hides_nothing() -> None:
    assert line("all well", secrets=("",)).endswith("all well")


def test_nobody_can_forge_a_line_or_colour_the_terminal() -> None:
    said = line("player %s", "anna\x1b[31m\r\u202e")
    assert "\x1b" not in said
    assert "\r" not in said
    assert "\u202e" not in said


@pytest.fixture
def root() -> Iterator[logging.Logger]:
    root = logging.getLogger()
    before = root.handlers[:], root.level
    yield root
    root.handlers[:], root.level = before


def test_everything_goes_to_stderr_and_only_there(root: logging.Logger, capsys: pytest.CaptureFixture[str]) -> None:
    set_up([PASSPHRASE])
    logging.getLogger("bot.anything").info("begun with %s", PASSPHRASE)
    logging.getLogger("discord").info("chatter")
    logging.getLogger("PIL.Image").info("chatter")
    logging.getLogger("asyncssh").warning("heard")
    out, err = capsys.readouterr()
    assert out == ""
    assert f"begun with {HIDDEN}" in err
    assert "heard" in err
    assert "chatter" not in err
    assert [type(handler) for handler in root.handlers] == [logging.StreamHandler]
    assert sys.stderr is not None
