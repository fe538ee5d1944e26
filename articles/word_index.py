"""Full-text indexes beside a table: FTS5 on SQLite, kept by triggers; GIN on PostgreSQL."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connections


@dataclass(frozen=True, kw_only=True)
class WordIndex:
    """An index called `name` of some text columns of `table`. `postgresql` is the expression that is indexed there,
    `prefix` the lengths of beginnings that SQLite looks up quickly; none where only whole words are searched."""

    name: str
    table: str
    columns: tuple[str, ...]
    tokenize: str
    postgresql: str
    prefix: str = "2 3"

    def install(self, using: str, **_signal: Any) -> None:
        """Put it in place where it is missing. Receives `post_migrate`: SQLite builds a table anew when a column of it
        changes, and loses its triggers."""
        connection = connections[using]
        with connection.cursor() as cursor:
            if self.table not in connection.introspection.table_names(cursor):
                return  # migrated back to before there was one
            if connection.vendor == "postgresql":
                cursor.execute("SELECT to_regclass(%s)", [self.name])
                if cursor.fetchone()[0] is None:
                    cursor.execute(f"CREATE INDEX {self.name} ON {self.table} USING gin (({self.postgresql}))")
                return
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s", [self.table])
            triggers = self.triggers()
            missing = triggers.keys() - {name for (name,) in cursor.fetchall()}
            if missing:
                cursor.execute(
                    f"CREATE VIRTUAL TABLE IF NOT EXISTS {self.name} USING fts5({', '.join(self.columns)}, "
                    f"content='{self.table}', content_rowid='id', tokenize=\"{self.tokenize}\", prefix='{self.prefix}')"
                )
                for name in missing:
                    cursor.execute(f"CREATE TRIGGER {name} {triggers[name]}")
                cursor.execute(f"INSERT INTO {self.name} ({self.name}) VALUES ('rebuild')")  # noqa: S608

    def triggers(self) -> dict[str, str]:
        names = ", ".join(self.columns)

        def of(row: str) -> str:
            return ", ".join(f"{row}.{column}" for column in self.columns)

        take_in = f"INSERT INTO {self.name} (rowid, {names}) VALUES (new.id, {of('new')});"  # noqa: S608
        take_out = f"INSERT INTO {self.name} ({self.name}, rowid, {names}) VALUES ('delete', old.id, {of('old')});"  # noqa: S608
        changed = " OR ".join(f"old.{column} <> new.{column}" for column in self.columns)
        return {
            f"{self.name}_insert": f"AFTER INSERT ON {self.table} BEGIN {take_in} END",
            f"{self.name}_delete": f"AFTER DELETE ON {self.table} BEGIN {take_out} END",
            f"{self.name}_update": (
                f"AFTER UPDATE OF {names} ON {self.table} WHEN {changed} BEGIN {take_out} {take_in} END"
            ),
        }
