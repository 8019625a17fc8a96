"""Table `run` alone: who only joins it loads nothing else of what a run is."""

from sqlalchemy import Column, Index, Table

from scantrail.db import INTEGER, JSON, TEXT, TIME, UUID, metadata

run_table = Table(
    "run",
    metadata,
    Column("uid", UUID, primary_key=True),
    Column("number", INTEGER, nullable=False),
    Column("kind", TEXT, nullable=False),
    Column("status", TEXT, nullable=False),
    Column("points", INTEGER, nullable=False),
    Column("expected", INTEGER),
    Column("started", TIME, nullable=False),
    Column("ended", TIME),
    Column("operator", TEXT, nullable=False),
    Column("host", TEXT, nullable=False),
    Column("components", JSON, nullable=False),
    Column("directory", TEXT, nullable=False),
    Column("reason", TEXT, nullable=False),
    Index("run_newest", "started", "number"),
    Index("run_kind", "kind", "started", "number"),
    Index("run_number", "number"),
    sqlite_strict=True,
)
"""One row a run; the migrations make it, with the checks that are not repeated here."""
