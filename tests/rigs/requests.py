"""Requests to Discord: what it takes, and for each of its rules one that it refuses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rigs.discord_standin import Upload

Json = dict[str, Any]
MUTE: Json = {"allowed_mentions": {"parse": []}}
MESSAGES, ONE, COMMANDS = "/channels/1/messages", "/channels/1/messages/2", "/applications/1/commands"
CALLBACK, HOOK = "/interactions/1/t-o_k.en/callback", "/webhooks/1/t-o_k.en"


@dataclass(frozen=True, kw_only=True)
class Sent:
    """One request."""

    method: str
    path: str
    body: Any = None
    query: Mapping[str, Any] = field(default_factory=dict)
    files: Sequence[Upload] = ()

    def __str__(self) -> str:
        return f"{self.method} {self.path} {str(self.body)[:60]}"


def ask(request: str, body: Any = None, *, files: Sequence[Upload] = (), **query: Any) -> Sent:
    method, path = request.split()
    return Sent(method=method, path=path, body=body, query=query, files=files)


def create(*, files: Sequence[Upload] = (), **body: Any) -> Sent:
    return ask(f"POST {MESSAGES}", {**MUTE, **body}, files=files)


def embeds(*several: Json) -> Sent:
    return create(embeds=list(several))


def controls(*parts: Json, rows: int = 1) -> Sent:
    return create(components=[{"type": 1, "components": list(parts)}] * rows)


def button(**more: Any) -> Json:
    return {"type": 2, "style": 1, "label": "Details", "custom_id": "round:7:card", **more}


def menu(*options: Json, **more: Any) -> Json:
    return {"type": 3, "custom_id": "menu", "options": list(options) or [option()], **more}


def option(value: str = "v", **more: Any) -> Json:
    return {"label": "A line", "value": value, **more}


def upload(number: int = 0, *, name: str = "card.png", data: bytes = b"PNG") -> Upload:
    return Upload(field=f"files[{number}]", filename=name, data=data)


def command(*options: Json, **more: Any) -> Json:
    return {"type": 1, "name": "top", "description": "The best", "options": list(options), **more}


def word(name: str = "weapon", *, kind: int = 3, **more: Any) -> Json:
    return {"type": kind, "name": name, "description": "Which one", **more}


def register(*commands: Json) -> Sent:
    return ask(f"PUT {COMMANDS}", list(commands))


def with_option(**more: Any) -> Sent:
    return register(command(word(**more)))


def answer(kind: int, data: Any = None) -> Sent:
    return ask(f"POST {CALLBACK}", {"type": kind, **({} if data is None else {"data": data})})


def offer(*choices: Json) -> Sent:
    return answer(8, {"choices": list(choices)})


def window(*labels: Json, **more: Any) -> Sent:
    return answer(9, {"title": "Ignore", "custom_id": "form:1", "components": list(labels), **more})


def filled(**more: Any) -> Json:
    return {"type": 18, "label": "Why?", "component": {"type": 4, "custom_id": "text", "style": 1, **more}}


FULL: Json = {
    **MUTE,
    "content": "x" * 2000,
    "tts": False,
    "embeds": [
        {
            "type": "rich",
            "title": "t" * 256,
            "description": "d" * 3000,
            "color": 0xFFFFFF,
            "timestamp": "2026-03-01T23:00:00+00:00",
            "url": "https://example.org/round/7",
            "footer": {"text": "round 7"},
            "author": {"name": "stats"},
            "image": {"url": "attachment://card.png"},
            "thumbnail": {"url": "https://example.org/a.png"},
            "fields": [{"name": "n" * 256, "value": "v" * 1024, "inline": False}],
        }
    ],
    "components": [
        {"type": 1, "components": [button(custom_id=str(n)) for n in range(5)]},
        {"type": 1, "components": [menu(*(option(str(n)) for n in range(25)), max_values=25)]},
        {"type": 1, "components": [{"type": 5, "custom_id": "who"}]},
        {"type": 1, "components": [{"type": 2, "style": 5, "url": "https://example.org", "label": "Site"}]},
    ],
    "attachments": [{"id": 0, "filename": "card.png", "description": "the scores"}],
}
GOOD: list[Sent] = [
    create(**FULL, nonce="n" * 25, enforce_nonce=True, files=[upload()]),
    create(content="x", nonce=7),
    ask(f"PATCH {ONE}", {**MUTE, "content": None}),
    ask(f"PATCH {ONE}", FULL, files=[upload()]),
    ask(f"DELETE {ONE}"),
    ask(f"GET {ONE}"),
    ask(f"GET {MESSAGES}", limit=100, after="7"),
    ask("POST /channels/1/typing"),
    answer(4, {**FULL, "flags": 64}),
    answer(5),
    answer(5, {"flags": 64}),
    answer(6),
    answer(7, {**MUTE, "content": None, "embeds": []}),
    offer({"name": "MP40", "value": "mp40"}),
    offer({"name": "seven", "value": 7}),
    offer(),
    window(filled(value="broken", max_length=100, required=True)),
    ask(f"POST {HOOK}", {**FULL, "flags": 64}, files=[upload()], wait="true"),
    ask(f"PATCH {HOOK}/messages/@original", {**MUTE, "content": "done"}),
    ask(f"PATCH {HOOK}/messages/7", {**MUTE, "content": "done"}),
    ask(f"GET {HOOK}/messages/@original"),
    ask(f"DELETE {HOOK}/messages/7"),
    register(),
    register(
        command(
            word(required=True, autocomplete=True, min_length=1, max_length=30),
            word("limit", type=4, min_value=1, max_value=25),
            word("place", type=4, choices=[{"name": "first", "value": 1}]),
            word("who", type=6),
        ),
        {"type": 1, "name": "admin", "description": "d", "options": [
            {"type": 2, "name": "files", "description": "d", "options": [
                {"type": 1, "name": "retry", "description": "d", "options": [word()]}]},
            {"type": 1, "name": "log", "description": "d"},
        ], "default_member_permissions": 32, "contexts": [0], "integration_types": [0]},
        {"type": 2, "name": "ET stats"},
        {"type": 3, "name": "Explain"},
    ),
    ask("PUT /applications/1/guilds/2/commands", []),
    ask(f"GET {COMMANDS}"),
    ask("GET /applications/1/guilds/2/commands", with_localizations="true"),
    ask("GET /users/@me/guilds", limit=200, with_counts="false"),
    *(ask(f"GET {path}") for path in (
        "/users/@me", "/oauth2/applications/@me", "/applications/@me", "/gateway", "/gateway/bot", "/guilds/1",
        "/guilds/1/channels", "/guilds/1/roles", "/guilds/1/members/2", "/channels/1")),
]  # fmt: skip
"""Every request of the bot's, as Discord takes it."""

FIRST = "components[0].components[0]"
BAD: list[tuple[Sent, str]] = [
    # text, and the message as a whole
    (create(content="x" * 2001), "content: 2001 characters, 2000"),
    (create(content=7), "content: int"),
    (create(), "content: empty, and so is everything else"),
    (create(content="x", colour=7), "colour: no such field"),
    (ask(f"POST {MESSAGES}", ["x"]), "body: list"),
    (create(content="x", nonce="n" * 26), "nonce: 26"),
    (create(content="x", nonce=True), "nonce: bool"),
    (create(content="x", enforce_nonce=True), "enforce_nonce: without a nonce"),
    (create(content="x", tts=1), "tts: int"),
    (create(content="x", flags=64), "flags: 64"),
    (create(content="x", sticker_ids=["1"] * 4), "sticker_ids: 4 items"),
    (create(content="x", message_reference={"channel_id": "1"}), "message_reference.message_id: missing"),
    (ask(f"PATCH {ONE}", {**MUTE, "nonce": "n"}), "nonce: no such field"),
    (ask(f"PATCH {ONE}", {**MUTE, "flags": 4096}), "flags: 4096"),
    # whom it calls
    (ask(f"POST {MESSAGES}", {"content": "x"}), "allowed_mentions: absent"),
    (ask(f"PATCH {ONE}", {"content": "x"}), "allowed_mentions: absent"),
    (create(content="x", allowed_mentions={}), "allowed_mentions.parse: absent"),
    (create(content="x", allowed_mentions={"parse": ["users"]}), "allowed_mentions: parse may"),
    (create(content="x", allowed_mentions={"parse": [], "roles": ["1"]}), "allowed_mentions: roles may"),
    (create(content="x", allowed_mentions={"parse": [], "replied_user": True}), "allowed_mentions: replied_user may"),
    (create(content="x", allowed_mentions={"parse": ["all"]}), "allowed_mentions.parse[0]: 'all'"),
    (create(content="x", allowed_mentions={"parse": [], "users": ["1"] * 101}), "allowed_mentions.users: 101"),
    # embeds
    (embeds(*[{"title": "t"}] * 11), "embeds: 11 items"),
    (embeds({"title": "t" * 257}), "embeds[0].title: 257"),
    (embeds({"description": "d" * 4097}), "embeds[0].description: 4097"),
    (embeds({"title": "t", "colour": 1}), "embeds[0].colour: no such field"),
    (embeds({"title": "t", "color": 1 << 24}), "embeds[0].color: 16777216"),
    (embeds({"title": "t", "type": "video"}), "embeds[0].type: 'video'"),
    (embeds({"title": "t", "url": "example.org"}), "embeds[0].url: 'example.org'"),
    (embeds({"title": "t", "timestamp": "yesterday"}), "embeds[0].timestamp: 'yesterday'"),
    (embeds({"footer": {}}), "embeds[0].footer.text: missing"),
    (embeds({"footer": {"text": "f" * 2049}}), "embeds[0].footer.text: 2049"),
    (embeds({"author": {}}), "embeds[0].author.name: missing"),
    (embeds({"author": {"name": "a" * 257}}), "embeds[0].author.name: 257"),
    (embeds({"image": {}}), "embeds[0].image.url: missing"),
    (embeds({"thumbnail": {"url": "card.png"}}), "embeds[0].thumbnail.url: 'card.png'"),
    (embeds({"image": {"url": "attachment://card.png"}}), "embeds[0].image.url: attachment://card.png is not attached"),
    (embeds({"fields": [{"name": "n", "value": "v"}] * 26}), "embeds[0].fields: 26 items"),
    (embeds({"fields": [{"value": "v"}]}), "embeds[0].fields[0].name: missing"),
    (embeds({"fields": [{"name": "n"}]}), "embeds[0].fields[0].value: missing"),
    (embeds({"fields": [{"name": "n" * 257, "value": "v"}]}), "embeds[0].fields[0].name: 257"),
    (embeds({"fields": [{"name": "n", "value": "v" * 1025}]}), "embeds[0].fields[0].value: 1025"),
    (embeds({"fields": [{"name": "n", "value": " "}]}), "embeds[0].fields[0].value: empty"),
    (embeds({"fields": [{"name": "n", "value": "v", "inline": "no"}]}), "embeds[0].fields[0].inline: str"),
    (embeds({"description": "d" * 3001}, {"description": "d" * 3000}), "embeds: 6001 characters in sum"),
    (embeds({"title": "t" * 256, "description": "d" * 4096, "footer": {"text": "f" * 1649}}),
     "embeds: 6001 characters in sum"),
    # buttons and menus
    (controls(button(), rows=6), "components: 6 items"),
    (controls(), "components[0].components: 0 items, 1 needed"),
    (controls(*(button(custom_id=str(n)) for n in range(6))), "components[0].components: 6 items"),
    (create(components=[button()]), "components[0].components: missing"),
    (create(components=[{"type": 17, "components": [button()]}]), "components[0].type: 17"),
    (controls({"type": 4, "custom_id": "text"}), f"{FIRST}.type: 4"),
    (controls(button(custom_id="c" * 101)), f"{FIRST}.custom_id: 101"),
    (controls(button(custom_id="")), f"{FIRST}.custom_id: empty"),
    (controls(button(label="l" * 81)), f"{FIRST}.label: 81"),
    (controls(button(label="")), f"{FIRST}: neither label nor emoji"),
    (controls(button(style=7)), f"{FIRST}.style: 7"),
    (controls({"type": 2, "label": "x", "custom_id": "c"}), f"{FIRST}.style: missing"),
    (controls({"type": 2, "style": 1, "label": "x"}), f"{FIRST}: style 1 has its custom_id"),
    (controls(button(url="https://example.org")), f"{FIRST}: style 1 has its custom_id"),
    (controls(button(style=5)), f"{FIRST}: style 5 has its url"),
    (controls({"type": 2, "style": 5, "label": "x", "url": "https://" + "u" * 505}), f"{FIRST}.url: 513"),
    (controls(button(disabled=1)), f"{FIRST}.disabled: int"),
    (controls(button(emoji="x")), f"{FIRST}.emoji: str"),
    (controls(button(), button()), "components: custom_id 'round:7:card' twice"),
    (controls(menu(), button()), "components[0]: a menu has its row to itself"),
    (controls({"type": 3, "options": [option()]}), f"{FIRST}.custom_id: missing"),
    (controls({"type": 3, "custom_id": "m"}), f"{FIRST}.options: missing"),
    (controls({"type": 3, "custom_id": "m", "options": []}), f"{FIRST}.options: 0 items, 1 needed"),
    (controls(menu(*(option(str(n)) for n in range(26)))), f"{FIRST}.options: 26 items"),
    (controls(menu(option(label="l" * 101))), f"{FIRST}.options[0].label: 101"),
    (controls(menu(option(label=""))), f"{FIRST}.options[0].label: empty"),
    (controls(menu(option("v" * 101))), f"{FIRST}.options[0].value: 101"),
    (controls(menu(option(description="d" * 101))), f"{FIRST}.options[0].description: 101"),
    (controls(menu(option(), option())), f"{FIRST}.options: value 'v' twice"),
    (controls(menu(option("a", default=True), option("b", default=True))), f"{FIRST}.options: 2 are chosen"),
    (controls(menu(placeholder="p" * 151)), f"{FIRST}.placeholder: 151"),
    (controls(menu(min_values=26)), f"{FIRST}.min_values: 26"),
    (controls(menu(max_values=0)), f"{FIRST}.max_values: 0"),
    (controls(menu(min_values=2)), f"{FIRST}: min_values 2 is more than max_values 1"),
    (controls({"type": 5, "custom_id": "m", "options": [option()]}), f"{FIRST}.options: no such field"),
    # files
    (create(content="x", attachments=[{"id": n} for n in range(11)]), "attachments: 11 items"),
    (create(content="x", attachments=[{"filename": "a"}]), "attachments[0].id: missing"),
    (create(content="x", attachments=[{"id": "first"}]), "attachments[0].id: 'first'"),
    (create(content="x", attachments=[{"id": 0}, {"id": "0"}]), "attachments: id '0' twice"),
    (create(content="x", attachments=[{"id": 0, "description": "d" * 1025}]), "attachments[0].description: 1025"),
    (create(content="x", attachments=[{"id": 0, "filename": ""}]), "attachments[0].filename: empty"),
    (create(content="x", files=[upload()]), "files[0]: card.png is not in attachments"),
    (create(content="x", attachments=[{"id": 0, "filename": "b.png"}], files=[upload()]), "files[0]: card.png is not"),
    (create(content="x", attachments=[{"id": 0, "filename": "a"}], files=[upload(name="a", data=bytes(10_485_761))]),
     "files[0]: 10485761 bytes"),
    (create(content="x", attachments=[{"id": n, "filename": "a"} for n in range(10)],
            files=[*(upload(n, name="a") for n in range(10)), upload(9, name="a")]), "files: 11, 10 allowed"),
    (ask(f"DELETE {ONE}", files=[upload()]), "files: there should be none"),
    # answers to interactions
    (answer(99), "type: 99 is not known"),
    (ask(f"POST {CALLBACK}", {}), "type: missing"),
    (ask(f"POST {CALLBACK}", {"type": 6, "flags": 64}), "flags: no such field"),
    (answer(4, {**MUTE, "content": ""}), "content: empty, and so"),
    (answer(4, {"content": "x"}), "allowed_mentions: absent"),
    (answer(4, {**MUTE, "content": "x", "flags": 1}), "flags: 1"),
    (answer(4, {**MUTE, "content": "x", "nonce": "n"}), "nonce: no such field"),
    (answer(5, {"content": "x"}), "data.content: no such field"),
    (answer(5, {"flags": 4}), "data.flags: 4"),
    (answer(6, {"content": "x"}), "data: there should be none"),
    (answer(7, {"content": "x"}), "allowed_mentions: absent"),
    (answer(7, {**MUTE, "content": "x" * 2001}), "content: 2001"),
    (answer(8), "data.choices: missing"),
    (offer(*[{"name": "n", "value": 1}] * 26), "data.choices: 26 items"),
    (offer({"name": "n" * 101, "value": "v"}), "data.choices[0].name: 101"),
    (offer({"name": "", "value": "v"}), "data.choices[0].name: empty"),
    (offer({"name": "n", "value": "v" * 101}), "data.choices[0].value: str"),
    (offer({"name": "n", "value": 2**53 + 1}), "data.choices[0].value: 9007199254740993"),
    (offer({"name": "n"}), "data.choices[0].value: missing"),
    (window(), "data.components: 0 items"),
    (window(filled(), title="t" * 46), "data.title: 46"),
    (window(filled(), title=""), "data.title: empty"),
    (window(filled(), custom_id=""), "data.custom_id: empty"),
    (window({**filled(), "label": "l" * 46}), "data.components[0].label: 46"),
    (window(filled(value="v" * 4001)), "data.components[0].component.value: 4001"),
    (window(filled(style=3)), "data.components[0].component.style: 3"),
    (window(button()), "data.components[0].component: missing"),
    (ask(f"POST {HOOK}", {**MUTE, "content": ""}), "content: empty, and so"),
    (ask(f"POST {HOOK}", {"content": "x"}), "allowed_mentions: absent"),
    (ask(f"POST {HOOK}", {**MUTE, "content": "x", "thread_name": "t"}), "thread_name: no such field"),
    (ask(f"POST {HOOK}", {**MUTE, "content": "x"}, wait="perhaps"), "wait: 'perhaps'"),
    (ask(f"PATCH {HOOK}/messages/@original", {"content": "x"}), "allowed_mentions: absent"),
    (ask(f"PATCH {HOOK}/messages/@original", {**MUTE, "content": 7}), "content: int"),
    # commands
    (register({"description": "d"}), "commands[0].name: missing"),
    (register({"name": "top"}), "commands[0].description: missing"),
    (register(command(description="")), "commands[0].description: empty"),
    (register(command(description="d" * 101)), "commands[0].description: 101"),
    (register(command(name="n" * 33)), "commands[0].name: 33"),
    (register(command(name="the best")), "commands[0].name: 'the best'"),
    (register(command(name="Top")), "/Top: the name has capitals"),
    (register(command(type=4)), "commands[0].type: 4"),
    (register(command(nsfw="no")), "commands[0].nsfw: str"),
    (register(command(default_member_permissions="all")), "commands[0].default_member_permissions: 'all'"),
    (register(command(contexts=[3])), "commands[0].contexts[0]: 3"),
    (register(command(name_localizations={"de": "n" * 33})), "commands[0].name_localizations.de: 33"),
    (register({"type": 2, "name": "ET stats", "description": "d"}), "commands[0].description: 1 characters, 0"),
    (register({"type": 3, "name": "Explain", "options": [word()]}), "commands[0].options: 1 items, 0"),
    (register({"type": 2, "name": "n" * 33}), "commands[0].name: 33"),
    (register(command(), command()), "commands: name 'top' twice"),
    (register(*(command(name=f"c{n}") for n in range(101))), "commands: 101 of type 1, 100"),
    (register(*({"type": 2, "name": f"c{n}"} for n in range(16))), "commands: 16 of type 2, 15"),
    (register(*({"type": 3, "name": f"c{n}"} for n in range(16))), "commands: 16 of type 3, 15"),
    (register(command(*(word(f"o{n}") for n in range(26)))), "commands[0].options: 26 items"),
    (register(command(*(word(f"o{n}", description="d" * 100, choices=[{"name": f"{c}" * 50, "value": "v" * 100}
                                                                        for c in "abc"]) for n in range(25)))),
     "/top: 13826 characters in sum, 8000"),
    (register(command(word("a"), word("b", required=True))), "/top.options: one that is needed stands behind"),
    (register(command(word(), word())), "/top.options: name 'weapon' twice"),
    (register(command(word(), word("sub", type=1))), "/top.options: subcommands and options side by side"),
    (register(command(word("a", type=1, options=[word("b", type=1)]))), "commands[0].options[0].options[0].type: 1"),
    (register(command(word("a", type=2, options=[word()]))), "commands[0].options[0].options[0].type: 3"),
    (with_option(type=12), "commands[0].options[0].type: 12"),
    (with_option(name="n" * 33), "commands[0].options[0].name: 33"),
    (with_option(name="Weapon"), "/top.Weapon: the name has capitals"),
    (with_option(description="d" * 101), "commands[0].options[0].description: 101"),
    (with_option(description=""), "commands[0].options[0].description: empty"),
    (with_option(required="yes"), "commands[0].options[0].required: str"),
    (with_option(min_value=1), "commands[0].options[0].min_value: no such field"),
    (with_option(max_length=6001), "commands[0].options[0].max_length: 6001"),
    (with_option(max_length=0), "commands[0].options[0].max_length: 0"),
    (with_option(min_length=9, max_length=8), "/top.weapon: min_length 9 is more than max_length 8"),
    (with_option(type=4, min_value=2, max_value=1), "/top.weapon: min_value 2 is more than max_value 1"),
    (with_option(type=4, min_value=0.5), "commands[0].options[0].min_value: float"),
    (with_option(type=10, max_value="many"), "commands[0].options[0].max_value: str"),
    (with_option(type=6, autocomplete=True), "commands[0].options[0].autocomplete: no such field"),
    (with_option(type=7, channel_types=[99]), "commands[0].options[0].channel_types[0]: 99"),
    (with_option(choices=[{"name": "n", "value": "v"}], autocomplete=True), "/top.weapon: choices and autocompletion"),
    (with_option(choices=[{"name": "n", "value": "v"}] * 2), "/top.weapon.choices: name 'n' twice"),
    (with_option(choices=[{"name": str(n), "value": "v"} for n in range(26)]), "commands[0].options[0].choices: 26"),
    (with_option(choices=[{"name": "n" * 101, "value": "v"}]), "commands[0].options[0].choices[0].name: 101"),
    (with_option(choices=[{"name": "n", "value": "v" * 101}]), "commands[0].options[0].choices[0].value: 101"),
    (with_option(choices=[{"name": "n", "value": 7}]), "commands[0].options[0].choices[0].value: int"),
    (with_option(type=4, choices=[{"name": "n", "value": "7"}]), "commands[0].options[0].choices[0].value: str"),
    (ask("PUT /applications/1/guilds/2/commands", {"name": "top"}), "commands: dict"),
    # what is asked for, and what there is to ask
    (ask(f"GET {MESSAGES}", limit=101), "limit: '101'"),
    (ask(f"GET {MESSAGES}", limit=0), "limit: '0'"),
    (ask(f"GET {MESSAGES}", after="1", before="2"), "after and before exclude each other"),
    (ask(f"GET {MESSAGES}", after="noon"), "after: 'noon'"),
    (ask(f"GET {MESSAGES}", since="1"), "since: no such field"),
    (ask(f"POST {CALLBACK}", {"type": 6}, with_response="perhaps"), "with_response: 'perhaps'"),
    (ask(f"DELETE {ONE}", {"content": "x"}), "body: there should be none"),
    (ask("GET /users/@me", limit=1), "limit: no such field"),
    (ask("GET /users/@me/guilds", limit=201), "limit: '201'"),
    (ask("GET /channels/stats"), "a request that the rules do not know"),
    (ask(f"PUT {MESSAGES}", {}), "a request that the rules do not know"),
    (ask("POST /channels/1/messages/2/crosspost"), "a request that the rules do not know"),
]  # fmt: skip
"""A request that breaks one rule, and how the line about it begins."""
