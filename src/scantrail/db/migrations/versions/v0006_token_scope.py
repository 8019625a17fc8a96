"""Tokens of scripts: what each may do, and until when."""

from scantrail.db.migrations.ddl import execute

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Make the table anew: nothing has ever written a row of the former one."""
    execute("DROP TABLE token")
    execute(
        """
        CREATE TABLE token (
            hash <text> NOT NULL PRIMARY KEY CHECK (length(hash) = 64),
            "user" <text> NOT NULL REFERENCES "user" (name),
            name <text> NOT NULL CHECK (name <> ''),
            scope <text> NOT NULL CHECK (scope IN ('read', 'change')),
            made <time> NOT NULL,
            expires <time> NOT NULL CHECK (expires > made),
            voided <time>
        ) <strict>
        """
    )
    execute("CREATE UNIQUE INDEX token_name ON token (name) WHERE voided IS NULL")
