"""What the database itself keeps from being changed, whoever reaches it by whatever way: the books, what was
counted, and artwork that was reviewed. Reports, invoices and disputes rest on both.

Triggers are looked after on every `migrate`: SQLite builds a table anew when a column of it changes, and the triggers
of the old one go with it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from django.db import connections

BOOKS = "An issued invoice, its lines and payments never change. Write a credit note or a counter entry."
COUNTS = "A sealed day never changes. Write an adjustment."
EVENTS = "An event never changes."
ARTWORK = "A version of artwork never changes. What changes is a new version."


@dataclass(frozen=True)
class Seal:
    """A table whose rows do not change: none of them at all, or those of its columns that are named."""

    table: str
    said: str
    # Never, and not any more once the first of these is filled in.
    columns: tuple[str, ...] = ()
    columns_once_filled: tuple[str, ...] = ()

    def condition(self, vendor: str) -> str:
        """When an update is refused, as SQL; empty: always."""
        if not self.columns:
            return ""
        other = "IS NOT" if vendor == "sqlite" else "IS DISTINCT FROM"

        def changed(names: tuple[str, ...]) -> str:
            return " OR ".join(f'OLD."{name}" {other} NEW."{name}"' for name in names)

        return (
            f"{changed(self.columns)} OR (OLD.\"{self.columns_once_filled[0]}\" <> '' "
            f"AND ({changed(self.columns_once_filled)}))"
        )

    def name(self, vendor: str) -> str:
        """Of its trigger; another rule has another name."""
        rule = hashlib.sha256(f"{self.said}{self.condition(vendor)}".encode()).hexdigest()[:8]
        return f"{self.table}_sealed_{rule}"

    def statements(self, vendor: str) -> list[str]:
        name, condition = self.name(vendor), self.condition(vendor)
        when = f"WHEN ({condition}) " if condition else ""
        if vendor == "sqlite":
            return [
                f"CREATE TRIGGER {name} BEFORE UPDATE ON {self.table} {when}"
                f"BEGIN SELECT RAISE(ABORT, '{self.said}'); END"
            ]
        return [
            f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"RAISE EXCEPTION '{self.said}' USING ERRCODE = 'integrity_constraint_violation'; END $$",
            f"CREATE TRIGGER {name} BEFORE UPDATE ON {self.table} FOR EACH ROW {when}EXECUTE FUNCTION {name}()",
        ]


SEALS = (
    Seal("ads_invoice", BOOKS),
    Seal("ads_invoiceline", BOOKS),
    Seal("ads_payment", BOOKS),
    Seal("ads_event", EVENTS),
    Seal("ads_daycount", COUNTS),
    Seal("ads_sealedday", COUNTS),
    Seal("ads_adjustment", COUNTS),
    Seal(
        "ads_creative",
        ARTWORK,
        columns=("booking_id", "version", "format", "bytes", "alt", "click_url", "created_at"),
        columns_once_filled=("file", "phone_file"),
    ),
)


def install(using: str, **_signal: Any) -> None:
    """Put the triggers in place where they are not. Receives `post_migrate`."""
    connection = connections[using]
    with connection.cursor() as cursor:
        there = _there(cursor, connection.vendor)
        wanted = {seal.name(connection.vendor): seal for seal in SEALS if _is_ready(seal, connection, cursor)}
        for name, table in there.items():
            if name not in wanted:
                _drop(cursor, connection.vendor, name, table)
        for name, seal in wanted.items():
            for statement in seal.statements(connection.vendor) if name not in there else ():
                cursor.execute(statement)


def lift(using: str) -> None:
    """Take the triggers away: for a migration that must touch what they keep. The end of `migrate` puts them back."""
    connection = connections[using]
    with connection.cursor() as cursor:
        for name, table in _there(cursor, connection.vendor).items():
            _drop(cursor, connection.vendor, name, table)


def _there(cursor: Any, vendor: str) -> dict[str, str]:
    """The triggers of ours, with the table of each."""
    if vendor == "sqlite":
        cursor.execute("SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger'")
    else:
        cursor.execute("SELECT tgname, tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal")
    tables = {seal.table for seal in SEALS}
    return {name: table for name, table in cursor.fetchall() if table in tables and "_sealed" in name}


def _is_ready(seal: Seal, connection: Any, cursor: Any) -> bool:
    """Whether the table is there with its columns: migrations may stand before it."""
    if seal.table not in connection.introspection.table_names(cursor):
        return False
    columns = {column.name for column in connection.introspection.get_table_description(cursor, seal.table)}
    return columns.issuperset({*seal.columns, *seal.columns_once_filled})


def _drop(cursor: Any, vendor: str, name: str, table: str) -> None:
    cursor.execute(f"DROP TRIGGER {name}" + ("" if vendor == "sqlite" else f" ON {table}"))
