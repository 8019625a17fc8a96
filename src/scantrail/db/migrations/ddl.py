"""The few words in which SQLite and PostgreSQL differ, so that one text serves both.

Migrations import this module and nothing else of Scantrail: what a step did may never change with the rooms.
"""

import re

from alembic import op

WORDS: dict[str, dict[str, str]] = {
    "sqlite": {
        "text": "TEXT",
        "integer": "INTEGER",
        "real": "REAL",
        "boolean": "INTEGER",
        "json": "TEXT",
        "time": "TEXT",
        "uuid": "TEXT",
        "strict": "STRICT",
        "json_type": "json_type",
    },
    "postgresql": {
        "text": "TEXT",
        "integer": "BIGINT",
        "real": "DOUBLE PRECISION",
        "boolean": "BOOLEAN",
        "json": "JSONB",
        "time": "TIMESTAMP WITH TIME ZONE",
        "uuid": "UUID",
        "strict": "",
        "json_type": "jsonb_typeof",
    },
}
_WORD = re.compile(r"<([a-z_]+)>")


def execute(statement: str) -> None:
    """Run one statement in which each `<word>` stands for what the database at hand calls it."""
    words = WORDS[op.get_context().dialect.name]
    text = _WORD.sub(lambda word: words[word[1]], statement)
    # no parameters: a colon or a percent sign in a trigger is meant as it stands
    op.get_bind().exec_driver_sql(text, execution_options={"no_parameters": True})
