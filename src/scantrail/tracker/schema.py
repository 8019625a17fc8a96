"""The tables of the tracker, as its queries name them; the migrations make them, with checks not repeated here."""

import sqlalchemy as sa
from sqlalchemy import Column, Computed, ForeignKey, Identity, Index, Table

from scantrail.db import BOOLEAN, INTEGER, JSON, REAL, TEXT, TIME, UUID, metadata


def _serial() -> Column[int]:
    return Column("id", INTEGER, Identity(), primary_key=True)


def _to(name: str, target: str, *, nullable: bool = False, primary_key: bool = False) -> Column[str]:
    return Column(name, TEXT, ForeignKey(target), nullable=nullable and not primary_key, primary_key=primary_key)


def _text(name: str, *, nullable: bool = False, primary_key: bool = False) -> Column[str]:
    return Column(name, TEXT, nullable=nullable and not primary_key, primary_key=primary_key)


def _when(name: str, *, nullable: bool = False) -> Column[sa.DateTime]:
    return Column(name, TIME, nullable=nullable)


def _key(of: str) -> Column[str]:
    return Column("key", TEXT, Computed(f"lower({of})", persisted=True), nullable=False)


def _unique(name: str, *columns: str, where: str | None = None) -> Index:
    """The migrations say `where` on both databases; naming it for PostgreSQL here would load its dialect every time."""
    return Index(name, *columns, unique=True, sqlite_where=None if where is None else sa.text(where))


# --- what there may be ------------------------------------------------------------------------------------------------

profile = Table(
    "profile",
    metadata,
    Column("id", INTEGER, primary_key=True, autoincrement=False),
    _text("name"),
    Column("document", JSON, nullable=False),
    _when("chosen"),
    sqlite_strict=True,
)
component_type = Table(
    "component_type",
    metadata,
    _text("name", primary_key=True),
    _text("description"),
    Column("attributes", JSON, nullable=False),
    sqlite_strict=True,
)
slot = Table(
    "slot",
    metadata,
    _to("parent_type", "component_type.name", primary_key=True),
    _text("name", primary_key=True),
    _to("child_type", "component_type.name"),
    sqlite_strict=True,
)
location = Table(
    "location",
    metadata,
    _text("name", primary_key=True),
    _to("parent", "location.name", nullable=True),
    sqlite_strict=True,
)
position = Table(
    "position",
    metadata,
    _text("name", primary_key=True),
    _key("name"),
    _unique("position_key", "key"),
    sqlite_strict=True,
)
position_accepts = Table(
    "position_accepts",
    metadata,
    _to("position", "position.name", primary_key=True),
    _to("type", "component_type.name", primary_key=True),
    sqlite_strict=True,
)
test_type = Table(
    "test_type",
    metadata,
    _text("name", primary_key=True),
    _text("description"),
    Column("quantities", JSON, nullable=False),
    sqlite_strict=True,
)
test_limit = Table(
    "test_limit",
    metadata,
    _serial(),
    _to("type", "component_type.name"),
    _to("test_type", "test_type.name"),
    _text("quantity", nullable=True),
    Column("low", REAL),
    Column("high", REAL),
    _text("required_for", nullable=True),
    _text("source"),
    _when("made"),
    _text("made_by"),
    _when("voided", nullable=True),
    _unique("test_limit_one", "type", "test_type", "quantity", where="voided IS NULL"),
    sqlite_strict=True,
)

# --- what there is ----------------------------------------------------------------------------------------------------

component = Table(
    "component",
    metadata,
    _text("id", primary_key=True),
    _key("id"),
    _to("type", "component_type.name"),
    _text("status"),
    _text("manufacturer"),
    _text("serial", nullable=True),
    _to("location", "location.name", nullable=True),
    _text("notes"),
    Column("attributes", JSON, nullable=False),
    Column("version", INTEGER, nullable=False),
    _when("created"),
    _when("updated"),
    _when("voided", nullable=True),
    _unique("component_key", "key"),
    _unique("component_serial", "type", "manufacturer", "serial", where="serial IS NOT NULL AND voided IS NULL"),
    Index("component_kind", "type", "status", "voided"),
    Index("component_status", "status", "key"),
    sqlite_strict=True,
)
installation = Table(
    "installation",
    metadata,
    _serial(),
    _to("component", "component.id"),
    _to("position", "position.name"),
    _text("run_period", nullable=True),
    _when("installed"),
    _text("installed_by"),
    _text("prior"),
    _text("notes"),
    _when("removed", nullable=True),
    _text("removed_by", nullable=True),
    _text("reason", nullable=True),
    _text("outcome", nullable=True),
    _when("voided", nullable=True),
    _unique("installation_one", "component", where="removed IS NULL AND voided IS NULL"),
    _unique("installation_place", "position", where="removed IS NULL AND voided IS NULL"),
    Index("installation_component", "component", "installed"),
    Index("installation_position", "position", "installed"),
    Index("installation_period", "run_period"),
    sqlite_strict=True,
)
movement = Table(
    "movement",
    metadata,
    _serial(),
    _to("component", "component.id"),
    _text("origin"),
    _text("destination"),
    _when("moved"),
    _text("moved_by"),
    Index("movement_component", "component", "id"),
    sqlite_strict=True,
)
assembly = Table(
    "assembly",
    metadata,
    _serial(),
    _to("parent", "component.id"),
    _text("slot"),
    _to("child", "component.id"),
    _when("attached"),
    _text("attached_by"),
    _text("notes"),
    _when("detached", nullable=True),
    _text("detached_by", nullable=True),
    _when("voided", nullable=True),
    _unique("assembly_parent", "child", where="detached IS NULL AND voided IS NULL"),
    _unique("assembly_slot", "parent", "slot", where="detached IS NULL AND voided IS NULL"),
    Index("assembly_child", "child", "attached"),
    Index("assembly_whole", "parent", "attached"),
    sqlite_strict=True,
)
connection = Table(
    "connection",
    metadata,
    _serial(),
    _to("a", "component.id"),
    _text("a_port", nullable=True),
    _to("b", "component.id"),
    _text("b_port", nullable=True),
    _to("cable", "component.id", nullable=True),
    _when("connected"),
    _text("connected_by"),
    _when("disconnected", nullable=True),
    _text("disconnected_by", nullable=True),
    _when("voided", nullable=True),
    _unique("connection_cable", "cable", where="disconnected IS NULL AND voided IS NULL"),
    Index("connection_a", "a"),
    Index("connection_b", "b"),
    sqlite_strict=True,
)

# --- what was found ---------------------------------------------------------------------------------------------------

test = Table(
    "test",
    metadata,
    _serial(),
    Column("uuid", UUID, nullable=False),
    _to("component", "component.id"),
    _to("type", "test_type.name"),
    _when("tested"),
    _text("tested_by"),
    Column("stated", BOOLEAN),
    Column("measured", BOOLEAN),
    _text("notes"),
    Column("run_uid", UUID),
    Column("supersedes", INTEGER, ForeignKey("test.id")),
    _when("voided", nullable=True),
    Column("limits", JSON),
    _unique("test_uuid", "uuid"),
    Index("test_component", "component", "tested"),
    Index("test_verdict", "type", "stated", "measured", "voided"),
    sqlite_strict=True,
)
measurement = Table(
    "measurement",
    metadata,
    Column("test", INTEGER, ForeignKey("test.id"), primary_key=True, autoincrement=False),
    _text("name", primary_key=True),
    Column("number", REAL),
    Column("other", JSON),
    sqlite_strict=True,
)
run_component = Table(
    "run_component",
    metadata,
    Column("run_uid", UUID, primary_key=True),
    _to("component", "component.id", primary_key=True),
    Index("run_component_component", "component"),
    sqlite_strict=True,
)
file = Table(
    "file",
    metadata,
    _serial(),
    Column("test", INTEGER, ForeignKey("test.id"), nullable=False),
    _text("kind"),
    _text("path"),
    _text("name"),
    Column("size", INTEGER, nullable=False),
    _text("sha256"),
    _text("media_type"),
    _when("voided", nullable=True),
    _unique("file_path", "path"),
    Index("file_test", "test"),
    sqlite_strict=True,
)
maintenance = Table(
    "maintenance",
    metadata,
    _serial(),
    _to("component", "component.id"),
    _text("type"),
    _text("severity", nullable=True),
    _text("text"),
    _when("opened"),
    _text("opened_by"),
    _when("resolved", nullable=True),
    _text("resolution", nullable=True),
    _when("voided", nullable=True),
    Index("maintenance_component", "component", "opened"),
    sqlite_strict=True,
)
finding = Table(
    "finding",
    metadata,
    _serial(),
    Column("source", UUID, nullable=False),
    _text("origin"),
    _to("component", "component.id", nullable=True),
    _text("rule"),
    _text("said"),
    _text("command", nullable=True),
    Column("document", JSON, nullable=False),
    _when("found"),
    _when("settled", nullable=True),
    _text("settled_by", nullable=True),
    _text("answer", nullable=True),
    _when("voided", nullable=True),
    _unique("finding_once", "source", "rule", where="voided IS NULL"),
    sqlite_strict=True,
)
adopted = Table(
    "adopted",
    metadata,
    Column("source", UUID, primary_key=True),
    _text("origin"),
    _text("kept_in"),
    _text("key"),
    Column("document", JSON, nullable=False),
    Index("adopted_key", "kept_in", "key"),
    sqlite_strict=True,
)

# --- who did what -----------------------------------------------------------------------------------------------------

event = Table(
    "event",
    metadata,
    Column("number", INTEGER, primary_key=True, autoincrement=False),
    _when("time"),
    _text("login"),
    _text("person"),
    _text("command"),
    _text("said"),
    _text("waiver", nullable=True),
    Column("undoes", INTEGER, ForeignKey("event.number")),
    Column("changes", JSON, nullable=False),
    _text("previous"),
    _text("hash"),
    _unique("event_undone", "undoes", where="undoes IS NOT NULL"),
    Index("event_time", "time"),
    Index("event_login", "login", "number"),
    sqlite_strict=True,
)
event_component = Table(
    "event_component",
    metadata,
    _to("component", "component.id", primary_key=True),
    Column("event", INTEGER, ForeignKey("event.number"), primary_key=True, autoincrement=False),
    _text("status", nullable=True),
    _text("place"),
    Index("event_component_event", "event"),
    sqlite_strict=True,
)
chain = Table(
    "chain",
    metadata,
    Column("id", INTEGER, primary_key=True, autoincrement=False),
    Column("number", INTEGER, nullable=False),
    _when("time", nullable=True),
    _text("hash"),
    sqlite_strict=True,
)
user = Table(
    "user",
    metadata,
    _text("name", primary_key=True),
    _text("role"),
    _text("password", nullable=True),
    _when("made"),
    _when("voided", nullable=True),
    sqlite_strict=True,
)
token = Table(
    "token",
    metadata,
    _text("hash", primary_key=True),
    _to("user", "user.name"),
    _text("name"),
    _text("scope"),
    _when("made"),
    _when("expires"),
    _when("voided", nullable=True),
    _unique("token_name", "name", where="voided IS NULL"),
    sqlite_strict=True,
)


def is_open(table: Table) -> sa.ColumnElement[bool]:
    """Return the condition for a row of installation, assembly or connection that stands today."""
    closing = {"installation": "removed", "assembly": "detached", "connection": "disconnected"}[table.name]
    return sa.and_(table.c[closing].is_(None), table.c.voided.is_(None))
