"""The catalogue of runs."""

from scantrail.db.migrations.ddl import execute

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make table `run`: one row a run, an index over the run directories."""
    execute(
        """
        CREATE TABLE run (
            uid <uuid> NOT NULL PRIMARY KEY,
            number <integer> NOT NULL CHECK (number > 0),
            kind <text> NOT NULL CHECK (kind <> ''),
            status <text> NOT NULL CHECK (status IN ('running', 'success', 'abort', 'fail', 'interrupted')),
            points <integer> NOT NULL CHECK (points >= 0),
            expected <integer> CHECK (expected >= 0),
            started <time> NOT NULL,
            ended <time>,
            operator <text> NOT NULL,
            host <text> NOT NULL,
            components <json> NOT NULL CHECK (<json_type>(components) = 'array'),
            directory <text> NOT NULL CHECK (directory <> ''),
            reason <text> NOT NULL
        ) <strict>
        """
    )
    execute("CREATE INDEX run_newest ON run (started, number)")
    execute("CREATE INDEX run_kind ON run (kind, started, number)")
    execute("CREATE INDEX run_number ON run (number)")
