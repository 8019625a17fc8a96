"""What the API answers with."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, Field

from scantrail.runs import RunStatus


class Run(BaseModel):
    """One run. Times are UTC; expected: points planned; reason: why it ended so."""

    number: int
    uid: str
    kind: str
    status: RunStatus
    reason: str
    points: int
    expected: int | None
    started: datetime
    ended: datetime | None
    operator: str
    host: str
    components: list[str]
    directory: str


class RunList(BaseModel):
    """A page of runs, newest first. notice: why the catalogue could not be asked, null if it could."""

    runs: list[Run]
    total: int
    notice: str | None


class Answer(BaseModel):
    """One result of judging a run."""

    name: str
    value: float | None
    error: float | None
    unit: str
    status: str
    sentence: str


class RunTest(BaseModel):
    """What a run was to a component. limits: those that judged it."""

    component: str
    test_type: str
    uuid: str
    pass_fail: bool | None
    measured: bool | None
    limits: list[dict[str, Any]]


class RunReport(Run):
    """One run whole. rows: of the stream primary; files: bytes by path; results: newest answers by analysis.

    exports: formats that can hold it; dark: readings behind the closed shutter that were taken off; notice: why the
    tests could not be asked for, null if they could.
    """

    version: str | None
    plan: dict[str, Any]
    dark: dict[str, Any]
    exports: list[str]
    tests: list[RunTest]
    notice: str | None
    resumed_from: str | None
    continued_by: int | None
    streams: dict[str, int]
    restored: list[dict[str, Any]]
    results: dict[str, list[Answer]]
    unreadable: list[str]
    skipped: list[dict[str, Any]]
    files: dict[str, int]
    columns: dict[str, dict[str, Any]]
    rows: list[dict[str, Any]]


class Request(BaseModel):
    """What was asked of a run under way. seq: of all requests to it; time: unix seconds."""

    seq: int
    command: Literal["pause", "resume", "abort"]
    by: str
    time: float


class ComponentRow(BaseModel):
    """A component in a list. via: the installed assembly it sits in; part_of: what it is directly part of."""

    id: str
    type: str
    status: str
    manufacturer: str | None
    serial: str | None
    place: str | None
    via: str | None
    part_of: str | None


class ComponentList(BaseModel):
    """A page of components, by id. first: how many come before."""

    components: list[ComponentRow]
    total: int
    first: int


class Slot(BaseModel):
    """A slot of an assembly, and what sits in it."""

    slot: str
    takes: str
    child: str | None
    attached: datetime | None


class Connection(BaseModel):
    """Two components that are connected."""

    a: str
    a_port: str | None
    b: str
    b_port: str | None
    cable: str | None
    connected: datetime
    connected_by: str


class File(BaseModel):
    """A file that is attached to a test. path: by which it is asked for."""

    kind: Literal["image", "data"]
    path: str
    name: str
    size: int
    sha256: str


class RecordedTest(BaseModel):
    """A test. pass_fail: the verdict that a person stated; measured: the one that follows from limits.

    run: number of the run that it is, null where it is none; limits: those that judged it; units: by quantity.
    """

    id: int
    uuid: str
    component_id: str
    test_type: str
    tested: datetime
    tested_by: str
    pass_fail: bool | None
    measured: bool | None
    superseded: bool
    notes: str
    run_uid: str | None
    run: int | None
    limits: list[dict[str, Any]]
    measurements: dict[str, Any]
    units: dict[str, str]
    files: list[File]


class Installation(BaseModel):
    """A stay in a position. via: the assembly that was installed, where this was a part of it."""

    component: str
    position: str
    run_period: str | None
    installed: datetime
    installed_by: str
    prior: str
    notes: str
    removed: datetime | None
    removed_by: str | None
    reason: str | None
    outcome: str | None
    via: str | None = None


class LogEntry(BaseModel):
    """What somebody wrote down."""

    id: int
    type: str
    severity: str | None
    text: str
    opened: datetime
    opened_by: str
    resolved: datetime | None
    resolution: str | None


class MeasuringRun(BaseModel):
    """A run that measured a component, as far as the catalogue knows it."""

    number: int
    uid: str
    kind: str
    status: RunStatus
    points: int
    started: datetime


class Component(ComponentRow):
    """All that is known of a component, newest first."""

    position: str | None
    notes: str
    attributes: dict[str, Any]
    version: int
    created: datetime
    updated: datetime
    slots: list[Slot]
    connections: list[Connection]
    tests: list[RecordedTest]
    runs: list[MeasuringRun]
    installations: list[Installation]
    logs: list[LogEntry]


class Event(BaseModel):
    """One command that concerned a component; status and place as they were after it."""

    number: int
    time: datetime
    person: str
    login: str
    command: str
    said: str
    waiver: str | None
    undoes: int | None
    undone_by: int | None
    status: str | None
    place: str


class BlockList(BaseModel):
    """What stands between a component and the status qualified; nothing where reasons is empty."""

    component: str
    status: str
    reasons: list[str]


class Sitting(BaseModel):
    """A position, and who sits or sat in it; component is null where it is free."""

    position: str
    component: str | None
    run_period: str | None
    installed: datetime | None
    removed: datetime | None


class Limit(BaseModel):
    """What a quantity must lie between, both included; or a test that a status needs."""

    type: str
    test_type: str
    quantity: str | None
    low: float | None
    high: float | None
    required_for: str | None
    source: str


class TestType(BaseModel):
    """A test type. quantities: unit by name; required: which statuses of which types need it, in words."""

    __test__ = False

    name: str
    description: str
    quantities: dict[str, str]
    limits: list[Limit]
    required: list[str]


class MatrixRow(BaseModel):
    """A component with the newest verdict of each test; a test that was never made is not in it."""

    id: str
    status: str
    verdicts: dict[str, Literal["pass", "fail", "none"]]


class TestMatrix(BaseModel):
    """Newest verdicts of the components of a type. required: test type -> statuses that need it."""

    __test__ = False

    kind: str
    tests: list[str]
    required: dict[str, list[str]]
    rows: list[MatrixRow]
    total: int
    first: int


class Summary(BaseModel):
    """Counts of the whole."""

    database: str
    profile: str
    components: dict[str, dict[str, int]]
    tests: dict[str, dict[str, int]]
    positions: dict[str, dict[str, int]]
    open_issues: int


class Change(BaseModel):
    """What was done. event: its number, null where nothing was to do; notices: what to know besides."""

    event: int | None
    time: datetime
    said: str
    notices: list[str]


class Upload(BaseModel):
    """A file that waits for its test. key: by which the test names it."""

    key: str = Field(description="Valid for an hour.")
    kind: Literal["image", "data"]
    name: str
    size: int
