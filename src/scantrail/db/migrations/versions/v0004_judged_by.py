"""Which limits judged a test, and the runs of a component."""

from scantrail.db.migrations.ddl import execute

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Keep with a test the limits that judged it, and find the runs of a component without reading all."""
    execute("ALTER TABLE test ADD COLUMN limits <json>")
    execute("CREATE INDEX run_component_component ON run_component (component)")
