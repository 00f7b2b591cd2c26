"""Players' lines as a question asks for them, from which tables and on which conditions: built, never patched."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.store.file.database import people

BY_FIGURES = "player_rounds AS p INDEXED BY player_figures"
"""The lines by the index that covers every metric: no line is looked up in the table."""
PERSON = people("p.guid")
ONE = "p.guid = :guid"
SOME = "p.guid IN (SELECT value FROM json_each(:guids))"


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines `p` of these tables that meet all conditions; as text, `FROM … WHERE …`."""

    tables: str
    conditions: tuple[str, ...]

    def that(self, *conditions: str) -> Lines:
        """Those of them that meet these conditions as well."""
        return replace(self, conditions=(*self.conditions, *conditions))

    def joined(self, join: str) -> Lines:
        """Each of them with what is joined to it, such as `JOIN rounds AS r ON r.id = p.round_id`."""
        return replace(self, tables=f"{self.tables} {join}")

    def after(self, table: str) -> Lines:
        """For each row of a table, in its order, those of them that fit; the conditions say how."""
        return replace(self, tables=f"{table} CROSS JOIN {self.tables}")

    def __str__(self) -> str:
        return f"FROM {self.tables} WHERE {' AND '.join(self.conditions)}"
