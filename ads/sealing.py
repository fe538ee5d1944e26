"""The database itself refuses to change what stands in the books: whoever reaches it, by whatever way.

Set by a migration and looked after on every `migrate`: SQLite loses the triggers of a table that it builds anew.
"""

from __future__ import annotations

from typing import Any

from django.db import connections

TABLES = ("ads_invoice", "ads_invoiceline", "ads_payment")
SAID = "An issued invoice, its lines and payments never change. Write a credit note or a counter entry."

_SQLITE = (
    "CREATE TRIGGER IF NOT EXISTS {table}_sealed BEFORE UPDATE ON {table} BEGIN SELECT RAISE(ABORT, '"
    + SAID
    + "'); END"
)
_POSTGRESQL_FUNCTION = (
    "CREATE OR REPLACE FUNCTION ads_sealed() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION '" + SAID + "' USING ERRCODE = 'integrity_constraint_violation'; END $$"
)
_POSTGRESQL = (
    "DROP TRIGGER IF EXISTS {table}_sealed ON {table}",
    "CREATE TRIGGER {table}_sealed BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION ads_sealed()",
)


def install(using: str, **kwargs: Any) -> None:
    """Put the triggers in place. Receives `post_migrate` too."""
    connection = connections[using]
    with connection.cursor() as cursor:
        there = set(connection.introspection.table_names(cursor))
        if connection.vendor == "postgresql":
            if there >= set(TABLES):
                cursor.execute(
                    "SELECT count(*) FROM pg_trigger WHERE tgname = ANY(%s)", [[f"{t}_sealed" for t in TABLES]]
                )
                if cursor.fetchone()[0] == len(TABLES):
                    return
            cursor.execute(_POSTGRESQL_FUNCTION)
        for table in TABLES:
            if table in there:
                for statement in _POSTGRESQL if connection.vendor == "postgresql" else (_SQLITE,):
                    cursor.execute(statement.format(table=table))


def lift(using: str) -> None:
    """Take the triggers away, to go back before the migration that set them."""
    connection = connections[using]
    with connection.cursor() as cursor:
        for table in TABLES:
            on = f" ON {table}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER IF EXISTS {table}_sealed{on}")
