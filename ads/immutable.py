"""What the database itself keeps from being changed, because reports and disputes rest on it: artwork versions.

Triggers are put in place after every migration, not by one: SQLite builds a table anew when a column of it changes,
and the triggers of the old one go with it.
"""

from __future__ import annotations

from typing import Any

from django.db import connections

TABLE = "ads_creative"
NAME = "ads_creative_stays"
FOR_EVER = ["booking_id", "version", "format", "bytes", "alt", "click_url", "created_at"]
ONCE_PUBLIC = ["file", "phone_file"]


def guard(*, using: str, **_signal: Any) -> None:
    """Put the triggers in place. For the signal `post_migrate`; safe to run again."""
    connection = connections[using]
    with connection.cursor() as cursor:
        if TABLE not in connection.introspection.table_names(cursor):
            return
        columns = {column.name for column in connection.introspection.get_table_description(cursor, TABLE)}
        if not columns.issuperset(FOR_EVER + ONCE_PUBLIC):
            return
        for statement in _statements(connection.vendor):
            cursor.execute(statement)


def _statements(vendor: str) -> list[str]:
    other = "IS NOT" if vendor == "sqlite" else "IS DISTINCT FROM"

    def changed(names: list[str]) -> str:
        return " OR ".join(f'OLD."{name}" {other} NEW."{name}"' for name in names)

    condition = f"{changed(FOR_EVER)} OR (OLD.\"file\" <> '' AND ({changed(ONCE_PUBLIC)}))"
    if vendor == "sqlite":
        return [
            f"DROP TRIGGER IF EXISTS {NAME}",
            f"CREATE TRIGGER {NAME} BEFORE UPDATE ON {TABLE} WHEN {condition} "
            "BEGIN SELECT RAISE(ABORT, 'creative_never_changes'); END",
        ]
    return [
        f"CREATE OR REPLACE FUNCTION {NAME}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "RAISE EXCEPTION 'creative_never_changes' USING ERRCODE = 'integrity_constraint_violation'; END $$",
        f"DROP TRIGGER IF EXISTS {NAME} ON {TABLE}",
        f"CREATE TRIGGER {NAME} BEFORE UPDATE ON {TABLE} FOR EACH ROW WHEN ({condition}) EXECUTE FUNCTION {NAME}()",
    ]
