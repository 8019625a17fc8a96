"""What an experiment tracks: types, attributes, positions, slots, test types. A TOML file, kept in the database."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from math import isfinite
from pathlib import Path
from typing import Any

from scantrail.errors import ProfileError
from scantrail.tracker.patterns import expand, matches
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

    def document(self) -> dict[str, Any]:
        """Return it as JSON-safe values; `from_document` makes it again."""
        return asdict(self)

    def positions(self) -> Iterator[tuple[str, str]]:
        """Yield every (position, type) of the patterns that have an end."""
        for name, kind in self.types.items():
            for pattern in kind.positions:
                yield from ((position, name) for position in expand(pattern) or ())

    def takers(self, position: str) -> list[str]:
        """Return the types of whose patterns a name is; empty for a name outside all of them."""
        return [
            name for name, kind in self.types.items() if any(matches(pattern, position) for pattern in kind.positions)
        ]


def load_profile(name: str) -> Profile:
    """Return a shipped profile by its name, or one from a TOML file by its path. Raises ProfileError."""
    import tomllib  # needed once in the life of a database

    path = SHIPPED / f"{name}.toml"
    if "/" in name or name.endswith(".toml"):
        path = Path(name).expanduser()
    elif not path.is_file():
        shipped = ", ".join(sorted(file.stem for file in SHIPPED.glob("*.toml")))
        raise ProfileError(f"there is no profile {name!r}; shipped are {shipped}, or give the path of a TOML file")
    try:
        return from_document(tomllib.loads(path.read_text(encoding="utf-8")), str(path))
    except OSError as error:
        raise ProfileError(f"the profile {path} cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ProfileError(f"the profile {path} is not TOML: {error}") from error


def from_document(document: Mapping[str, Any], where: str) -> Profile:
    """Return the profile of a TOML or JSON document; `where` it stands is for the messages. Raises ProfileError."""
    try:
        _only(document, {"name", "policy", "types", "tests"}, where)
        types = {name: _kind(kind, f"{where}: types.{name}") for name, kind in document["types"].items()}
        tests = {name: _test_kind(kind, f"{where}: tests.{name}") for name, kind in document.get("tests", {}).items()}
        profile = Profile(str(document["name"]), document.get("policy", "warn"), types, tests)
    except KeyError as error:
        raise ProfileError(f"{where} has no {error.args[0]!r}") from error
    except (TypeError, AttributeError, ValueError) as error:
        if isinstance(error, ProfileError):
            raise
        raise ProfileError(f"{where} has a value of the wrong kind: {error}") from error
    _check(profile, where)
    return profile


def _kind(document: Mapping[str, Any], where: str) -> Kind:
    known = {"description", "attributes", "slots", "positions", "required", "operating_voltage"}
    _only(document, known, where)
    voltage = document.get("operating_voltage")
    return Kind(
        str(document.get("description", "")),
        dict(document.get("attributes", {})),
        dict(document.get("slots", {})),
        tuple(document.get("positions", ())),
        {status: tuple(tests) for status, tests in document.get("required", {}).items()},
        None if voltage is None else float(voltage),
    )


def _test_kind(document: Mapping[str, Any], where: str) -> TestKind:
    _only(document, {"description", "quantities"}, where)
    return TestKind(str(document.get("description", "")), dict(document.get("quantities", {})))


def _only(document: Mapping[str, Any], known: set[str], where: str) -> None:
    if unknown := set(document) - known:
        raise ProfileError(f"{where}: {sorted(unknown)[0]!r} is not known; known are {', '.join(sorted(known))}")


def _check(profile: Profile, where: str) -> None:
    if profile.policy not in ("warn", "enforce"):
        raise ProfileError(f"{where}: policy is {profile.policy!r}; it is warn or enforce")
    for name, kind in profile.types.items():
        if kind.operating_voltage is not None and not isfinite(kind.operating_voltage):
            raise ProfileError(
                f"{where}: types.{name}.operating_voltage is {kind.operating_voltage}, which is no voltage"
            )
        for slot, part in kind.slots.items():
            if part not in profile.types:
                raise ProfileError(f"{where}: slot {slot!r} of {name} takes {part!r}, which is no type")
        for status, tests in kind.required.items():
            if status not in OUTCOMES:
                raise ProfileError(f"{where}: types.{name}.required names {status!r}, which is no status to reach")
            for test in tests:
                if test not in profile.tests:
                    raise ProfileError(f"{where}: types.{name}.required names {test!r}, which is no test type")
