"""What the database refuses by itself: each rule tried with plain SQL, on SQLite and on PostgreSQL."""

from collections.abc import Iterator
from contextlib import suppress

import pytest
from sample_databases import KINDS, fresh_database
from sqlalchemy.exc import DataError, IntegrityError

from scantrail.db import Database, open_database

NOW = "'2025-01-02T00:00:00.000000Z'"
EARLIER = "'2025-01-01T00:00:00.000000Z'"
LATER = "'2025-01-03T00:00:00.000000Z'"
ZERO, ONE, TWO = (f"'{digit * 64}'" for digit in "012")


def component(name: str, kind: str = "module", status: str = "spare", **more: str) -> str:
    columns = {"serial": "NULL", **more}
    return (
        "INSERT INTO component (id, type, status, manufacturer, serial, notes, attributes, version, created, updated) "
        f"VALUES ('{name}', '{kind}', '{status}', 'HPK', {columns['serial']}, '', '{{}}', 1, {NOW}, {NOW})"
    )


def install(name: str, position: str, *, installed: str = NOW, removed: str = "NULL", outcome: str = "NULL") -> str:
    return (
        "INSERT INTO installation (component, position, installed, installed_by, prior, notes, removed, outcome) "
        f"VALUES ('{name}', '{position}', {installed}, 'x', 'spare', '', {removed}, {outcome})"
    )


def attach(parent: str, slot: str, child: str) -> str:
    return (
        "INSERT INTO assembly (parent, slot, child, attached, attached_by, notes) "
        f"VALUES ('{parent}', '{slot}', '{child}', {NOW}, 'x', '')"
    )


def connect(a: str, b: str, cable: str = "NULL", a_port: str = "NULL") -> str:
    return (
        "INSERT INTO connection (a, a_port, b, cable, connected, connected_by) "
        f"VALUES ('{a}', {a_port}, '{b}', {cable}, {NOW}, 'x')"
    )


def event(number: int, previous: str, hash_: str, time: str = NOW) -> str:
    return (
        "INSERT INTO event (number, time, login, person, command, said, changes, previous, hash) "
        f"VALUES ({number}, {time}, 'x', 'x', 'add', '', '[]', {previous}, {hash_})"
    )


def measure(value: str) -> str:
    return f"INSERT INTO measurement (test, name, number) VALUES (1, 'current', {value})"


TEST = (
    "INSERT INTO test (id, uuid, component, type, tested, tested_by, notes) "
    f"VALUES (1, '00000000-0000-0000-0000-000000000001', 'M1', 'iv', {NOW}, 'x', '')"
)
TYPES = ("module", "sensor", "cable", "box")
BASE = [
    *(f"INSERT INTO component_type (name, description, attributes) VALUES ('{name}', '', '{{}}')" for name in TYPES),
    *(
        f"INSERT INTO slot (parent_type, name, child_type) VALUES ('{parent}', '{slot}', '{child}')"
        for parent, slot, child in (("module", "sensor", "sensor"), ("box", "inner", "box"))
    ),
    "INSERT INTO test_type (name, description, quantities) VALUES ('iv', '', '{}')",
    *(f"INSERT INTO position (name) VALUES ('{name}')" for name in ("P1", "P2")),
    *(
        f"INSERT INTO position_accepts (position, type) VALUES ('{position}', '{kind}')"
        for position in ("P1", "P2")
        for kind in ("module", "sensor")
    ),
    *(component(name) for name in ("M1", "M2")),
    *(component(name, "sensor") for name in ("S1", "S2")),
    *(component(name, "cable") for name in ("C1", "C2")),
    *(component(name, "box") for name in ("B1", "B2", "B3")),
    component("R1", status="retired"),
]

REFUSED = {
    "a second component in a position": ([install("M1", "P1")], install("M2", "P1")),
    "a second open installation": ([install("M1", "P1")], install("M1", "P2")),
    "a child in two assemblies": ([attach("M1", "sensor", "S1")], attach("M2", "sensor", "S1")),
    "a slot taken twice": ([attach("M1", "sensor", "S1")], attach("M1", "sensor", "S2")),
    "a slot of another type": ([], attach("M1", "sensor", "C1")),
    "a part of itself": ([], attach("B1", "inner", "B1")),
    "a cycle": ([attach("B1", "inner", "B2"), attach("B2", "inner", "B3")], attach("B3", "inner", "B1")),
    "a cycle by reopening": (
        [
            attach("B1", "inner", "B2"),
            f"UPDATE assembly SET detached = {LATER}, detached_by = 'x' WHERE parent = 'B1'",
            attach("B2", "inner", "B1"),
        ],
        "UPDATE assembly SET detached = NULL, detached_by = NULL WHERE parent = 'B1'",
    ),
    "a cable in two connections": ([connect("M1", "M2", "'C1'")], connect("S1", "S2", "'C1'")),
    "a connection to itself": ([], connect("M1", "M1")),
    "a port used twice": ([connect("M1", "M2", a_port="'1'")], connect("M1", "S1", a_port="'1'")),
    "a port used twice, other side": (
        [connect("M1", "M2", a_port="'1'")],
        f"INSERT INTO connection (a, b, b_port, connected, connected_by) VALUES ('S1', 'M1', '1', {NOW}, 'x')",
    ),
    "an edited event": ([event(1, ZERO, ONE)], "UPDATE event SET said = 'x'"),
    "a deleted event": ([event(1, ZERO, ONE)], "DELETE FROM event"),
    "an event that follows nothing": ([event(1, ZERO, ONE)], event(2, TWO, ZERO)),
    "an event number left out": ([event(1, ZERO, ONE)], event(3, ONE, TWO)),
    "an event before its predecessor": ([event(1, ZERO, ONE)], event(2, ONE, TWO, EARLIER)),
    "installed without an open row": ([], "UPDATE component SET status = 'installed' WHERE id = 'M1'"),
    "a new component that is installed": ([], component("M9", status="installed")),
    "another status while installed": ([install("M1", "P1")], "UPDATE component SET status = 'spare' WHERE id = 'M1'"),
    "an unknown status": ([], component("M9", status="broken")),
    "an id with a slash": ([], component("a/b")),
    "an id with a backslash": ([], component("a\\b")),
    "an id with a leading dot": ([], component("..")),
    "an id with a blank at its end": ([], component("M9 ")),
    "an empty id": ([], component("")),
    "an id that differs in case": ([], component("m1")),
    "an id that changes": ([], "UPDATE component SET id = 'M9' WHERE id = 'R1'"),
    "a serial twice": ([component("M8", serial="'7'")], component("M9", serial="'7'")),
    "a type that changes once used": ([TEST], "UPDATE component SET type = 'box' WHERE id = 'M1'"),
    "a deleted component": ([], "DELETE FROM component WHERE id = 'R1'"),
    "NaN as a measurement": ([TEST], {"sqlite": measure("1e999 - 1e999"), "postgresql": measure("'NaN'")}),
    "infinity as a measurement": ([TEST], {"sqlite": measure("1e999"), "postgresql": measure("'Infinity'")}),
    "minus infinity as a measurement": ([TEST], {"sqlite": measure("-1e999"), "postgresql": measure("'-Infinity'")}),
    "a test twice": ([TEST], TEST.replace("VALUES (1,", "VALUES (2,")),
    "removal before installation": ([], install("M1", "P1", removed=EARLIER, outcome="'spare'")),
    "removal before installation, later": (
        [install("M1", "P1")],
        f"UPDATE installation SET removed = {EARLIER}, outcome = 'spare'",
    ),
    "removal without an outcome": ([install("M1", "P1")], f"UPDATE installation SET removed = {LATER}"),
    "a position that does not exist": ([], install("M1", "P9")),
    "a position that does not take it": ([], install("C1", "P1")),
    "a retired component installed": ([], install("R1", "P1")),
    "a part installed alone": ([attach("M1", "sensor", "S1")], install("S1", "P1")),
    "an installed component as a part": ([install("S1", "P1")], attach("M1", "sensor", "S1")),
    "a location in itself": (
        ["INSERT INTO location (name) VALUES ('A')", "INSERT INTO location (name, parent) VALUES ('B', 'A')"],
        "UPDATE location SET parent = 'B' WHERE name = 'A'",
    ),
    "a deleted installation": ([install("M1", "P1")], "DELETE FROM installation"),
    "a movement changed": (
        [f"INSERT INTO movement (component, origin, destination, moved, moved_by) VALUES ('M1', 'a', 'b', {NOW}, 'x')"],
        "UPDATE movement SET destination = 'c'",
    ),
    "a file outside": (
        [TEST],
        "INSERT INTO file (test, kind, path, name, size, sha256, media_type) "
        f"VALUES (1, 'image', '../x.png', 'x.png', 1, {ONE}, 'image/png')",
    ),
}


@pytest.fixture(params=KINDS)
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    with fresh_database(request.param, request) as url, open_database(url) as opened:
        with opened.write() as connection:
            for statement in BASE:
                connection.exec_driver_sql(statement)
        yield opened


def test_the_database_refuses(database: Database) -> None:
    """One database for all of them: each case is undone, whether it was refused or not."""
    prepared, passed = [], []
    for name, (before, statement) in REFUSED.items():
        text = statement if isinstance(statement, str) else statement[database.engine.dialect.name]
        with suppress(IntegrityError, DataError, KeyboardInterrupt), database.write() as connection:
            for line in before:
                connection.exec_driver_sql(line)
            prepared.append(name)
            connection.exec_driver_sql(text)
            passed.append(name)
            raise KeyboardInterrupt
    assert prepared == list(REFUSED)
    assert passed == []


def test_status_and_installation_agree_by_themselves(database: Database) -> None:
    def status() -> str:
        with database.read() as connection:
            return str(connection.exec_driver_sql("SELECT status FROM component WHERE id = 'M1'").scalar_one())

    def write(statement: str) -> str:
        with database.write() as connection:
            connection.exec_driver_sql(statement)
        return status()

    assert write(install("M1", "P1")) == "installed"
    assert write(f"UPDATE installation SET removed = {LATER}, outcome = 'degraded'") == "degraded"
    assert write("UPDATE installation SET removed = NULL, outcome = NULL") == "installed"
    assert write(f"UPDATE installation SET voided = {LATER}") == "spare"
