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
LATE = "This day is sealed: no event is written into it any more."
ARTWORK = "A version of artwork never changes. What changes is a new version."


@dataclass(frozen=True)
class Seal:
    """A table whose rows do not change: none of them at all, or those of its columns that are named. With another verb
    than UPDATE: whose rows nobody takes away, or which takes in none that `refused` is true of."""

    table: str
    said: str
    verb: str = "UPDATE"
    refused: str = ""
    # The table and column that this looks up.
    asks: tuple[str, str] | None = None
    # Never, and not any more once the first of these is filled in.
    columns: tuple[str, ...] = ()
    columns_once_filled: tuple[str, ...] = ()

    def condition(self, vendor: str) -> str:
        """When it is refused, as SQL; empty: always."""
        if not self.columns:
            return self.refused
        other = "IS NOT" if vendor == "sqlite" else "IS DISTINCT FROM"

        def changed(names: tuple[str, ...]) -> str:
            return " OR ".join(f'OLD."{name}" {other} NEW."{name}"' for name in names)

        return (
            f"{changed(self.columns)} OR (OLD.\"{self.columns_once_filled[0]}\" <> '' "
            f"AND ({changed(self.columns_once_filled)}))"
        )

    def name(self, vendor: str) -> str:
        """Of its trigger; another rule has another name."""
        verb = "" if self.verb == "UPDATE" else self.verb
        rule = hashlib.sha256(f"{self.said}{self.condition(vendor)}{verb}".encode()).hexdigest()[:8]
        return f"{self.table}_sealed_{rule}"

    def statements(self, vendor: str) -> list[str]:
        name, condition = self.name(vendor), self.condition(vendor)
        if vendor == "sqlite":
            when = f"WHEN ({condition}) " if condition else ""
            return [
                f"CREATE TRIGGER {name} BEFORE {self.verb} ON {self.table} {when}"
                f"BEGIN SELECT RAISE(ABORT, '{self.said}'); END"
            ]
        # In the function: conditions of triggers may not ask other tables.
        raised = f"RAISE EXCEPTION '{self.said}' USING ERRCODE = 'integrity_constraint_violation';"
        body = f"IF {condition} THEN {raised} END IF; RETURN NEW;" if condition else raised
        return [
            f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} END $$",
            f"CREATE TRIGGER {name} BEFORE {self.verb} ON {self.table} FOR EACH ROW EXECUTE FUNCTION {name}()",
        ]


SEALS = (
    Seal("ads_invoice", BOOKS),
    Seal("ads_invoiceline", BOOKS),
    Seal("ads_payment", BOOKS),
    Seal("ads_event", EVENTS),
    Seal("ads_daycount", COUNTS),
    Seal("ads_sealedday", COUNTS),
    Seal("ads_adjustment", COUNTS),
    # Events themselves go after 90 days, and counts of hours are made again at will.
    Seal("ads_daycount", COUNTS, "DELETE"),
    Seal("ads_sealedday", COUNTS, "DELETE"),
    Seal("ads_adjustment", COUNTS, "DELETE"),
    Seal(
        "ads_event",
        LATE,
        "INSERT",
        'NEW."at" < (SELECT "until" FROM ads_sealedday ORDER BY "day" DESC LIMIT 1)',
        ("ads_sealedday", "until"),
    ),
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


def lift(using: str, **_signal: Any) -> None:
    """Take the triggers away: for a migration that must touch what they keep, and for tests, which empty tables. The
    end of `migrate` puts them back."""
    connection = connections[using]
    with connection.cursor() as cursor:
        for name, table in _there(cursor, connection.vendor).items():
            _drop(cursor, connection.vendor, name, table)


def lift_for_migrations(using: str, plan: list[Any], **_signal: Any) -> None:
    """Receives `pre_migrate`. SQLite builds no table anew that a trigger of another one asks."""
    if plan:
        lift(using)


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
    wanted = {seal.table: {*seal.columns, *seal.columns_once_filled}}
    if seal.asks:
        wanted[seal.asks[0]] = {seal.asks[1]}
    there = connection.introspection.table_names(cursor)
    return all(table in there and columns <= _columns(table, connection, cursor) for table, columns in wanted.items())


def _columns(table: str, connection: Any, cursor: Any) -> set[str]:
    return {column.name for column in connection.introspection.get_table_description(cursor, table)}


def _drop(cursor: Any, vendor: str, name: str, table: str) -> None:
    cursor.execute(f"DROP TRIGGER {name}" + ("" if vendor == "sqlite" else f" ON {table}"))
