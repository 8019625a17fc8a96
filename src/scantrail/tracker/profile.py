"""What an experiment tracks: types, attributes, positions, slots, test types. A TOML file, kept in the database."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from math import isfinite
from pathlib import Path
from typing import Any

from scantrail.errors import InputError, ProfileError
from scantrail.tracker.patterns import expand, flaw, spelled
from scantrail.tracker.run_tests import RunTest
from scantrail.tracker.texts import name as name_text
from scantrail.tracker.texts import text
from scantrail.tracker.workflow import OUTCOMES, Policy

DEFAULT = "hps-svt"
SHIPPED = Path(__file__).parent / "profiles"


@dataclass(frozen=True, slots=True)
class Kind:
    """A type of component. `attributes`: name -> unit; `slots`: slot -> type of part; `required`: status -> tests.

    operating_voltage [V]: the bias at which it is run, drawn in its sweeps; only its size counts.
    """

    description: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    slots: Mapping[str, str] = field(default_factory=dict)
    positions: tuple[str, ...] = ()
    required: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    operating_voltage: float | None = None


@dataclass(frozen=True, slots=True)
class TestKind:
    """A type of test. `quantities`: name -> unit."""

    description: str = ""
    quantities: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Profile:
    """Everything a database knows of the experiment whose components it keeps."""

    name: str
    policy: Policy
    types: Mapping[str, Kind]
    tests: Mapping[str, TestKind]
    runs: Mapping[str, RunTest] = field(default_factory=dict)

    def document(self) -> dict[str, Any]:
        """Return it as JSON-safe values; `from_document` makes it again."""
        return asdict(self)

    def positions(self) -> Iterator[tuple[str, str]]:
        """Yield every (position, type) of the patterns that have an end; what differs in case alone is one position."""
        first: dict[str, str] = {}
        for name, kind in self.types.items():
            for pattern in kind.positions:
                for position in expand(pattern) or ():
                    yield first.setdefault(position.lower(), position), name

    def takers(self, position: str) -> list[str]:
        """Return the types of whose patterns a name is; empty for a name outside all of them."""
        return [name for name, kind in self.types.items() if any(spelled(each, position) for each in kind.positions)]

    def spelled(self, position: str) -> str:
        """Return a position as its pattern spells it; one outside all patterns as it is."""
        patterns = (pattern for kind in self.types.values() for pattern in kind.positions)
        return next(filter(None, (spelled(pattern, position) for pattern in patterns)), position)

    def unlimited(self, kind: str) -> bool:
        """Tell whether there is no end to the positions of a type: its patterns hold `{n}`, or it has none."""
        patterns = self.types[kind].positions if kind in self.types else ()
        return not patterns or any(expand(pattern) is None for pattern in patterns)


def load_profile(name: str) -> Profile:
    """Return a shipped profile by its name, or one from a TOML file by its path. Raises ProfileError."""
    import tomllib  # needed once in the life of a database

    shipped = {file.stem: file for file in sorted(SHIPPED.glob("*.toml"))}
    if "/" not in name and not name.endswith(".toml") and name not in shipped:
        known = ", ".join(shipped)
        raise ProfileError(f"there is no profile {name[:80]!r}; shipped are {known}, or give the path of a TOML file")
    try:
        path = shipped.get(name) or Path(text(name, "the path of a profile")).expanduser()
    except RuntimeError as error:
        raise ProfileError(f"the profile {name} is in a home directory that is not known") from error
    try:
        return from_document(tomllib.loads(path.read_text(encoding="utf-8")), str(path))
    except OSError as error:
        raise ProfileError(f"the profile {path} cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ProfileError(f"the profile {path} is not TOML: {error}") from error


def from_document(document: Mapping[str, Any], where: str) -> Profile:
    """Return the profile of a TOML or JSON document; `where` it stands is for the messages. Raises ProfileError."""
    _only(document, {"name", "policy", "types", "tests", "runs"}, where)
    types, tests, runs = (
        _table(document.get("types"), f"{where}: types"),
        _table(document.get("tests", {}), f"{where}: tests"),
        _table(document.get("runs", {}), f"{where}: runs"),
    )
    if not types:
        raise ProfileError(f"{where}: types is empty; name at least one")
    profile = Profile(
        _name(document.get("name"), f"{where}: name"),
        document.get("policy", "warn"),
        {_name(name, f"{where}: a type"): _kind(kind, f"{where}: types.{name}") for name, kind in types.items()},
        {_name(name, f"{where}: a test"): _test_kind(kind, f"{where}: tests.{name}") for name, kind in tests.items()},
        {name: _run_test(one, f"{where}: runs.{name}") for name, one in runs.items()},
    )
    _check(profile, where)
    return profile


def _kind(given: object, where: str) -> Kind:
    document = _table(given, where)
    known = {"description", "attributes", "slots", "positions", "required", "operating_voltage"}
    _only(document, known, where)
    return Kind(
        str(document.get("description", "")),
        _named_texts(document.get("attributes", {}), f"{where}.attributes"),
        _named_texts(document.get("slots", {}), f"{where}.slots"),
        _patterns(document.get("positions", ()), f"{where}.positions"),
        {
            status: _texts(tests, f"{where}.required.{status}")
            for status, tests in _table(document.get("required", {}), f"{where}.required").items()
        },
        _voltage(document.get("operating_voltage"), f"{where}.operating_voltage"),
    )


def _test_kind(given: object, where: str) -> TestKind:
    document = _table(given, where)
    _only(document, {"description", "quantities"}, where)
    units = _named_texts(document.get("quantities", {}), f"{where}.quantities")
    return TestKind(str(document.get("description", "")), units)


def _run_test(given: object, where: str) -> RunTest:
    document = _table(given, where)
    _only(document, {"kinds", "test", "results", "types"}, where)
    return RunTest(
        _texts(document.get("kinds"), f"{where}.kinds"),
        _name(document.get("test"), f"{where}.test"),
        _named_texts(document.get("results", {}), f"{where}.results"),
        _texts(document.get("types", ()), f"{where}.types"),
    )


def _name(given: object, where: str) -> str:
    if not isinstance(given, str):
        raise ProfileError(f"{where} is {given!r}; it must be text" if given is not None else f"{where} is missing")
    try:
        return name_text(given, where)
    except InputError as error:
        raise ProfileError(str(error)) from error


def _table(given: object, where: str) -> Mapping[str, Any]:
    if not isinstance(given, Mapping):
        raise ProfileError(f"{where} is missing or no table")
    return given


def _named_texts(given: object, where: str) -> dict[str, str]:
    table = _table(given, where)
    if strange := [name for name, text in table.items() if not isinstance(text, str)]:
        raise ProfileError(f"{where}.{strange[0]} is {table[strange[0]]!r}; it must be text")
    return {_name(name, f"{where}: a name"): text for name, text in table.items()}


def _texts(given: object, where: str) -> tuple[str, ...]:
    if not isinstance(given, list | tuple) or not all(isinstance(each, str) for each in given):
        raise ProfileError(f'{where} is {given!r}; it must be a list of texts, such as ["one"]')
    return tuple(given)


def _patterns(given: object, where: str) -> tuple[str, ...]:
    patterns = _texts(given, where)
    for pattern in patterns:
        _name(pattern, where)
        if why := flaw(pattern):
            raise ProfileError(f"{where}: {pattern!r} {why}")
    return patterns


def _voltage(given: object, where: str) -> float | None:
    if given is None:
        return None
    if isinstance(given, bool) or not isinstance(given, int | float) or not isfinite(given):
        raise ProfileError(f"{where} is {given!r}; it must be a number of volts")
    return float(given)


def _only(document: Mapping[str, Any], known: set[str], where: str) -> None:
    if unknown := set(document) - known:
        raise ProfileError(f"{where}: {sorted(unknown)[0]!r} is not known; known are {', '.join(sorted(known))}")


def _check(profile: Profile, where: str) -> None:
    if profile.policy not in ("warn", "enforce"):
        raise ProfileError(f"{where}: policy is {profile.policy!r}; it is warn or enforce")
    for name, kind in profile.types.items():
        for slot, part in kind.slots.items():
            if part not in profile.types:
                raise ProfileError(f"{where}: slot {slot!r} of {name} takes {part!r}, which is no type")
        for status, tests in kind.required.items():
            if status not in OUTCOMES:
                raise ProfileError(f"{where}: types.{name}.required names {status!r}, which is no status to reach")
            for test in tests:
                if test not in profile.tests:
                    raise ProfileError(f"{where}: types.{name}.required names {test!r}, which is no test type")
    for name, one in profile.runs.items():
        if one.test not in profile.tests:
            raise ProfileError(f"{where}: runs.{name}.test is {one.test!r}, which is no test type")
        if unknown := [each for each in one.types if each not in profile.types]:
            raise ProfileError(f"{where}: runs.{name}.types names {unknown[0]!r}, which is no type")
