"""The forms of the page: which fields each has, and how what was typed becomes an order."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from starlette.datastructures import FormData

from scantrail.errors import InputError
from scantrail.tracker import LOG_TYPES, OUTCOMES, SEVERITIES, Database, detail, list_test_types, login
from scantrail.web.orders import ORDERS, Order
from scantrail.web.staging import TYPES

Widget = Literal["text", "area", "select", "choice", "check", "date", "files", "hidden", "quantity"]

SLOT, QUANTITY = "slot:", "quantity:"
"""Beginnings of the names of fields that stand for a slot of an assembly, for a quantity of a test."""


BUTTONS = frozenset({"sure", "again", "once"})
"""Names of what the buttons of a form say; no field has them."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field. options: value -> what a person reads; suggestions: offered while typing; accept: ends of files.

    unit: of a quantity, shown beside its field.
    """

    name: str
    label: str
    widget: Widget = "text"
    hint: str = ""
    required: bool = False
    options: Mapping[str, str] = field(default_factory=dict)
    suggestions: tuple[str, ...] = ()
    accept: str = ""
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Entered:
    """What was typed into a form, or stood in the address."""

    values: Mapping[str, str]
    staged: tuple[str, ...] = ()

    @property
    def component(self) -> str:
        """The id of the component that it is about."""
        return self.values.get("id", "").strip()

    @property
    def is_sure(self) -> bool:
        """Whether the person has seen what will be written."""
        return self.values.get("sure") == "yes"

    @property
    def once(self) -> str:
        """What tells this look at what will be written from every other, where it is to be written now; else empty."""
        return self.values.get("once", "")[:64] if self.is_sure else ""

    @property
    def is_open(self) -> bool:
        """Whether the person wants the form once more, with what was typed so far."""
        return "again" in self.values

    def without_component(self) -> "Entered":
        """The same without a component."""
        return replace(self, values={name: value for name, value in self.values.items() if name != "id"})

    def kept(self) -> Iterator[tuple[str, str]]:
        """Yield what the next form must carry along."""
        yield from ((name, value) for name, value in self.values.items() if name not in BUTTONS and value)
        yield from (("staged", key) for key in self.staged)


@dataclass(frozen=True, slots=True)
class Form:
    """A form. fields: of a database, given what is known already; parse: typed texts -> the fields of its order."""

    command: str
    title: str
    verb: str
    fields: Callable[[Database, Entered], list[Field]]
    parse: Callable[[Mapping[str, str]], dict[str, Any]]
    sends_files: bool = False


def entered(sent: FormData) -> Entered:
    """Return what a form sent, without its files."""
    texts = [(name, value) for name, value in sent.multi_items() if isinstance(value, str)]
    values = {name: value.replace("\r\n", "\n") for name, value in texts if name != "staged"}
    return Entered(values, tuple(value for name, value in texts if name == "staged"))


def order_of(form: Form, given: Entered) -> Order:
    """Return the order that a form asks for. Raises InputError, pydantic's ValidationError."""
    if not given.component:
        raise InputError("the id of the component is missing")
    return ORDERS[form.command].model_validate(form.parse(given.values))


# --- fields -----------------------------------------------------------------------------------------------------------


def _by() -> Field:
    return Field("by", "Done by", hint=f"{login()} if left empty")


def _component(hint: str = "") -> Field:
    return Field("id", "Component", hint=hint, required=True)


def _when() -> Field:
    return Field("date", "When", hint="Such as 2025-01-31 or 2025-01-31T09:00; now if left empty")


def _add(database: Database, given: Entered) -> list[Field]:
    kinds = {name: name.replace("_", " ") for name in database.profile.types}
    return [
        Field("id", "Id", hint="Case makes no difference; it cannot be changed later", required=True),
        Field("type", "Type", "select", required=True, options=kinds),
        Field("status", "Status", "select", options={status: status for status in OUTCOMES}),
        Field("manufacturer", "Manufacturer"),
        Field("serial", "Serial number", hint="Unique for a manufacturer and type"),
        Field("location", "Location", hint="A new one is made"),
        Field("attributes", "Attributes", "area", hint="A line each: name = value"),
        Field("notes", "Notes", "area"),
        _by(),
    ]


def _move(database: Database, given: Entered) -> list[Field]:
    return [_component("All its parts move with it"), Field("location", "Location", required=True), _by()]


def _install(database: Database, given: Entered) -> list[Field]:
    positions = tuple(dict.fromkeys(name for name, _ in database.profile.positions()))
    return [
        _component(),
        Field("position", "Position", required=True, suggestions=positions),
        Field("run_period", "Run period", hint="Such as 2025_spring_run"),
        _when(),
        Field("notes", "Notes", "area"),
        Field("reason", "Why the rules are waived", hint="Only where the profile holds a step back"),
        _by(),
    ]


def _remove(database: Database, given: Entered) -> list[Field]:
    outcomes = {"": "spare if it was good before, else testing"} | {status: status for status in OUTCOMES}
    return [
        _component(),
        Field("outcome", "Status from now on", "select", options=outcomes),
        Field("location", "Where it goes"),
        Field("reason", "Why", hint="Such as end_of_run"),
        _when(),
        _by(),
    ]


def _assemble(database: Database, given: Entered) -> list[Field]:
    slots = detail(database, given.component)["slots"] if given.component else []
    if given.component and not slots:
        raise InputError(f"{given.component} has no slots: no part can be attached to it")
    return [
        _component("" if slots else "The next step asks for its parts"),
        *(
            Field(
                f"{SLOT}{row['slot']}",
                row["slot"].replace("_", " ").capitalize(),
                hint=f"A {row['takes']}; " + (f"{row['child']} is attached now" if row["child"] else "empty now"),
            )
            for row in slots
        ),
        *([Field("replace", "Take out what sits there", "check")] if slots else []),
        Field("notes", "Notes", "area"),
        _by(),
    ]


def _disassemble(database: Database, given: Entered) -> list[Field]:
    slots = detail(database, given.component)["slots"] if given.component else []
    if given.component and not any(row["child"] for row in slots):
        raise InputError(f"{given.component} has no parts to detach")
    return [
        _component("All its parts are detached if none is chosen"),
        *(
            Field(f"{SLOT}{row['slot']}", f"{row['slot'].replace('_', ' ').capitalize()}: {row['child']}", "check")
            for row in slots
            if row["child"]
        ),
        Field("notes", "Notes", "area"),
        _by(),
    ]


def _log(database: Database, given: Entered) -> list[Field]:
    severities = {"": "not said"} | {severity: severity for severity in SEVERITIES}
    return [
        _component(),
        Field("type", "What it is", "select", options={kind: kind for kind in LOG_TYPES}),
        Field("severity", "Severity", "select", options=severities),
        Field("text", "Text", "area", required=True),
        _by(),
    ]


def _test(database: Database, given: Entered) -> list[Field]:
    types = {row["name"]: row for row in list_test_types(database)}
    chosen = types.get(given.values.get("type", ""))
    quantities = chosen["quantities"] if chosen else {}
    return [
        _component(),
        Field(
            "type",
            "Test type",
            "select",
            required=True,
            options={name: " – ".join(filter(None, (name, row["description"]))) for name, row in types.items()},
        ),
        Field("passed", "Verdict", "choice", options={"yes": "pass", "no": "fail", "": "none yet"}),
        *(
            Field(f"{QUANTITY}{name}", name.replace("_", " ").capitalize(), "quantity", unit=unit or "")
            for name, unit in quantities.items()
        ),
        Field("measurements", "Other quantities", "area", hint="A line each: name = value; lists as [1, 2, 3]"),
        Field("images", "Images", "files", accept=",".join(TYPES["image"])),
        Field(
            "data",
            "Data files",
            "files",
            accept=",".join(TYPES["data"]),
        ),
        Field("notes", "Notes", "area"),
        _when(),
        _by(),
    ]


# --- from texts to orders ---------------------------------------------------------------------------------------------


def _plain(*names: str) -> Callable[[Mapping[str, str]], dict[str, Any]]:
    """Take these fields as they are; what is empty is not given."""

    def parse(values: Mapping[str, str]) -> dict[str, Any]:
        return {name: text for name in (*names, "by") if (text := values.get(name, "").strip())}

    return parse


def _parse_add(values: Mapping[str, str]) -> dict[str, Any]:
    fields = _plain("type", "status", "manufacturer", "serial", "location", "notes")(values)
    return {**fields, "attributes": dict(_pairs(values.get("attributes", ""), "attributes"))}


def _parse_assemble(values: Mapping[str, str]) -> dict[str, Any]:
    parts = {name.removeprefix(SLOT): text.strip() for name, text in values.items() if name.startswith(SLOT)}
    found = _plain("notes")(values)
    return {**found, "parts": {slot: part for slot, part in parts.items() if part}, "replace": "replace" in values}


def _parse_disassemble(values: Mapping[str, str]) -> dict[str, Any]:
    return {**_plain("notes")(values), "slots": [name.removeprefix(SLOT) for name in values if name.startswith(SLOT)]}


def _parse_test(values: Mapping[str, str]) -> dict[str, Any]:
    verdicts = {"yes": True, "no": False}
    typed = {name.removeprefix(QUANTITY): text for name, text in values.items() if name.startswith(QUANTITY)}
    measured = {name: _value(text, name) for name, text in typed.items() if text.strip()}
    measured |= dict(_pairs(values.get("measurements", ""), "other quantities"))
    return {
        **_plain("type", "notes", "date")(values),
        "passed": verdicts.get(values.get("passed", "")),
        "measurements": measured,
    }


def _pairs(text: str, what: str) -> Iterator[tuple[str, Any]]:
    for line in filter(str.strip, text.splitlines()):
        name, equals, value = line.partition("=")
        if not equals or not name.strip():
            raise InputError(f"{what}: {line.strip()!r} is no name = value")
        yield name.strip(), _value(value, name.strip())


def _value(text: str, name: str) -> Any:  # noqa: ANN401 - any JSON value
    """Read a value that is JSON as that, any other as text; a list that is begun and no JSON is refused."""
    try:
        return json.loads(text, parse_constant=str)
    except RecursionError as error:
        raise InputError(f"{name} is nested too deep") from error
    except ValueError as error:
        if text.strip()[:1] in {"[", "{"}:
            raise InputError(f"{name}: {text.strip()!r} is no JSON: {error}") from error
        return text.strip()


FORMS: Mapping[str, Form] = {
    form.command: form
    for form in (
        Form("add", "Add a component", "Add it", _add, _parse_add),
        Form("move", "Move a component", "Move it", _move, _plain("location")),
        Form(
            "install",
            "Install a component",
            "Install it",
            _install,
            _plain("position", "run_period", "date", "notes", "reason"),
        ),
        Form(
            "remove",
            "Remove a component",
            "Remove it",
            _remove,
            _plain("outcome", "location", "reason", "date"),
        ),
        Form("assemble", "Attach parts", "Attach them", _assemble, _parse_assemble),
        Form("disassemble", "Detach parts", "Detach them", _disassemble, _parse_disassemble),
        Form("log", "Write something down", "Log it", _log, _plain("text", "type", "severity")),
        Form("test", "Record a test", "Record it", _test, _parse_test, sends_files=True),
    )
}
"""Command -> its form."""
