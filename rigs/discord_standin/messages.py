"""The channels' messages: created once for a nonce, edited with their past kept, deleted without being forgotten."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from rigs.discord_standin.faults import Upload
from rigs.discord_standin.world import ApiError, DiscordUser, Json, TravellingClock, timestamp

EDITABLE = ("content", "embeds", "components", "flags")
EPHEMERAL = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file of a message, with its bytes."""

    id: int
    filename: str
    data: bytes
    description: str | None

    def json(self) -> Json:
        """The attachment object; nothing can be fetched from its address."""
        url = f"http://127.0.0.1/attachments/{self.id}/{self.filename}"
        return {
            "id": str(self.id),
            "filename": self.filename,
            "description": self.description,
            "size": len(self.data),
            "url": url,
            "proxy_url": url,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """What a message says, from one edit to the next."""

    at: float
    content: str = ""
    embeds: Sequence[Json] = ()
    components: Sequence[Json] = ()
    flags: int = 0
    attachments: tuple[Attachment, ...] = ()


@dataclass(slots=True, kw_only=True)
class Message:
    """One accepted message and everything that happened to it."""

    id: int
    channel_id: int
    author: DiscordUser
    versions: list[Version]
    """Oldest first; the last one is what is seen."""
    nonce: str | None = None
    reference: Json | None = None
    interaction_id: int | None = None
    """Set on what answers an interaction; None on a post."""
    deleted_at: float | None = None

    @property
    def now(self) -> Version:
        """What is seen."""
        return self.versions[-1]

    @property
    def content(self) -> str:
        """The text that is seen."""
        return self.now.content

    @property
    def embeds(self) -> Sequence[Json]:
        """The embeds that are seen."""
        return self.now.embeds

    @property
    def edits(self) -> int:
        """How often it was edited."""
        return len(self.versions) - 1

    @property
    def custom_ids(self) -> list[str]:
        """The ids of its buttons and menus."""
        return [part["custom_id"] for part in _components(self.now.components) if part.get("custom_id")]

    def json(self) -> Json:
        """The message object."""
        edited = timestamp(self.now.at) if self.edits else None
        body: Json = {
            "id": str(self.id),
            "type": 0,
            "channel_id": str(self.channel_id),
            "author": self.author.user(),
            "content": self.now.content,
            "embeds": list(self.now.embeds),
            "components": list(self.now.components),
            "attachments": [attachment.json() for attachment in self.now.attachments],
            "flags": self.now.flags,
            "timestamp": timestamp(self.versions[0].at),
            "edited_timestamp": edited,
            "tts": False,
            "pinned": False,
            "mention_everyone": False,
            "mentions": [],
            "mention_roles": [],
        }
        if self.reference:
            body |= {"type": 19, "message_reference": {"channel_id": str(self.channel_id), **self.reference}}
        return body


def _components(parts: Sequence[Json]) -> Iterator[Json]:
    for part in parts:
        yield part
        yield from _components(part.get("components", []))
        if accessory := part.get("accessory"):
            yield accessory


@dataclass(slots=True, kw_only=True)
class Messages:
    """All messages of all channels, in the order of their ids."""

    clock: TravellingClock
    nonce_window: float
    """Seconds in which an author's nonce means the same message."""
    all: dict[int, Message] = field(default_factory=dict)
    _nonces: dict[tuple[int, str], int] = field(default_factory=dict)

    def create(
        self,
        channel_id: int,
        *,
        author: DiscordUser,
        body: Json,
        files: Sequence[Upload],
        interaction_id: int | None = None,
    ) -> tuple[Message, bool]:
        """The message and whether it is new; a nonce that is enforced finds the earlier one again.

        Raises `ApiError` for an empty message, a nonce that is too long, and a nonce whose message was deleted.
        """
        nonce = None if body.get("nonce") is None else str(body["nonce"])
        if nonce is not None and len(nonce) > 25:
            raise ApiError(400, 50035, "Invalid Form Body", errors={"nonce": "Must be 25 or fewer in length."})
        if nonce is not None and body.get("enforce_nonce") and (earlier := self._earlier(author, nonce)):
            if earlier.deleted_at is not None:
                raise ApiError(404, 10008, "Unknown Message")
            return earlier, False
        message = self.compose(channel_id, author=author, body=body, files=files, interaction_id=interaction_id)
        message.nonce = nonce
        self.all[message.id] = message
        if nonce is not None:
            self._nonces[author.id, nonce] = message.id
        return message, True

    def compose(
        self,
        channel_id: int,
        *,
        author: DiscordUser,
        body: Json,
        files: Sequence[Upload],
        interaction_id: int | None = None,
    ) -> Message:
        """A message that is in no channel: what an ephemeral answer is."""
        version = self._apply(Version(at=self.clock.now()), body=body, files=files)
        if not (version.content or version.embeds or version.components or version.attachments):
            raise ApiError(400, 50006, "Cannot send an empty message")
        return Message(
            id=self.clock.snowflake(),
            channel_id=channel_id,
            author=author,
            versions=[version],
            reference=body.get("message_reference"),
            interaction_id=interaction_id,
        )

    def edit(self, message: Message, *, body: Json, files: Sequence[Upload]) -> None:
        """A new version of it; files are added unless `attachments` lists what stays."""
        message.versions.append(self._apply(message.now, body=body, files=files))

    def get(self, channel_id: int, message_id: int) -> Message:
        """The message, if it can be seen; else `ApiError` 10008."""
        message = self.all.get(message_id)
        if message is None or message.channel_id != channel_id or message.deleted_at is not None:
            raise ApiError(404, 10008, "Unknown Message")
        return message

    def delete(self, message: Message) -> None:
        """Out of sight; its nonce is remembered."""
        message.deleted_at = self.clock.now()

    def visible(self, channel_id: int) -> list[Message]:
        """What a person sees in the channel, oldest first."""
        return [m for _, m in sorted(self.all.items()) if m.channel_id == channel_id and m.deleted_at is None]

    def page(self, channel_id: int, query: Mapping[str, str]) -> list[Message]:
        """What the list endpoint answers: newest first, at most `limit` (50, up to 100)."""
        limit = int(query.get("limit", 50))
        if not 1 <= limit <= 100:
            raise ApiError(400, 50035, "Invalid Form Body", errors={"limit": "Must be between 1 and 100."})
        seen = self.visible(channel_id)
        if "around" in query:
            middle = int(query["around"])
            older = [m for m in seen if m.id < middle][-(limit // 2) :] if limit > 1 else []
            newer = [m for m in seen if m.id >= middle][: limit - len(older)]
            chosen = older + newer
        elif "after" in query:
            chosen = [m for m in seen if m.id > int(query["after"])][:limit]
        elif "before" in query:
            chosen = [m for m in seen if m.id < int(query["before"])][-limit:]
        else:
            chosen = seen[-limit:]
        return chosen[::-1]

    def _earlier(self, author: DiscordUser, nonce: str) -> Message | None:
        message = self.all.get(self._nonces.get((author.id, nonce), 0))
        if message is None or self.clock.now() - message.versions[0].at > self.nonce_window:
            return None
        return message

    def _apply(self, version: Version, *, body: Json, files: Sequence[Upload]) -> Version:
        changed: dict[str, Any] = {key: body[key] for key in EDITABLE if body.get(key) is not None}
        changed |= {key: "" if key == "content" else () for key in EDITABLE[:3] if key in body and body[key] is None}
        listed = body.get("attachments")
        kept = version.attachments
        if listed is not None:
            ids = {str(entry["id"]) for entry in listed}
            kept = tuple(old for old in kept if str(old.id) in ids)
        described = {str(entry["id"]): entry.get("description") for entry in listed or ()}
        new = tuple(
            Attachment(
                id=self.clock.snowflake(),
                filename=upload.filename,
                data=upload.data,
                description=described.get(upload.field.removeprefix("files[").removesuffix("]")),
            )
            for upload in files
        )
        return replace(version, at=self.clock.now(), attachments=kept + new, **changed)
