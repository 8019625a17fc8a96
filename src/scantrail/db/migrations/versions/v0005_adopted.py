"""The component tracker: what was adopted from elsewhere, row by row, and findings that can be settled.

Nothing wrote a finding before this step, so its table is made anew.
"""

from scantrail.db.migrations.ddl import execute

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make the tables `adopted` and `finding`."""
    execute(
        """
        CREATE TABLE adopted (
            source <uuid> NOT NULL PRIMARY KEY,
            origin <text> NOT NULL CHECK (origin <> ''),
            kept_in <text> NOT NULL CHECK (kept_in <> ''),
            key <text> NOT NULL CHECK (key <> ''),
            document <json> NOT NULL CHECK (<json_type>(document) = 'object')
        ) <strict>
        """
    )
    execute("CREATE INDEX adopted_key ON adopted (kept_in, key)")
    execute("DROP TABLE finding")
    execute(
        """
        CREATE TABLE finding (
            id <serial> NOT NULL PRIMARY KEY,
            source <uuid> NOT NULL,
            origin <text> NOT NULL CHECK (origin <> ''),
            component <text> REFERENCES component (id),
            rule <text> NOT NULL CHECK (rule <> ''),
            said <text> NOT NULL CHECK (said <> ''),
            command <text> CHECK (command <> ''),
            document <json> NOT NULL CHECK (<json_type>(document) = 'object'),
            found <time> NOT NULL,
            settled <time>,
            settled_by <text>,
            answer <text>,
            voided <time>,
            CHECK ((settled IS NULL) = (answer IS NULL))
        ) <strict>
        """
    )
    execute("CREATE UNIQUE INDEX finding_once ON finding (source, rule) WHERE voided IS NULL")
