"""The rules of the house that no linter knows: public faces, sizes, docstrings, and what must never be committed."""

import ast
import importlib
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "src"
MODULES = sorted(SOURCE.rglob("*.py"))
ROOMS = sorted(path.parent.name for path in (SOURCE / "scantrail").glob("*/__init__.py"))

# a scan and whoever follows one must work without the database; the last two are not built yet
WITHOUT_DATABASE = ("runs.journal", "runs.writer", "runs.reader", "runs.control", "runs.results", "links")

LONGEST_MODULE = 400
LONGEST_FUNCTION = 60
SHORTEST_DOCSTRING = 10
LARGEST_TEXT = 1_000_000

TEXTS = ("*.*", "Makefile", ".ci/*", "benchmarks/*", "docs/**/*.*", "src/**/*.*", "tests/**/*.*")
# written so that this file passes its own rule
REGISTRIES = re.compile(r"pypi\.org|python[h]osted|npm[j]s\.|deb\.debian|anaconda\.org")

Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(), str(path))


def nodes() -> Iterator[tuple[Path, ast.AST, str]]:
    """Every node of the package with its module and where it stands."""
    for path in MODULES:
        for node in ast.walk(tree(path)):
            yield path, node, f"{path.relative_to(SOURCE)}:{getattr(node, 'lineno', 1)}"


def room_of(path: Path) -> str:
    """First package or module below scantrail: `runs` for scantrail/runs/export/csv.py."""
    return path.relative_to(SOURCE / "scantrail").parts[0].removesuffix(".py")


def is_built(name: str) -> bool:
    """Whether `runs.results` or `links` is a module or a package yet."""
    path = SOURCE.joinpath("scantrail", *name.split("."))
    return path.with_suffix(".py").exists() or (path / "__init__.py").exists()


def imports(node: ast.AST) -> Iterator[tuple[str, str | None]]:
    """The (module, name) pairs that one statement imports from scantrail; `import a.b` has no name."""
    if isinstance(node, ast.Import):
        found = [(alias.name, None) for alias in node.names]
    elif isinstance(node, ast.ImportFrom):
        found = [(node.module or "", alias.name) for alias in node.names]
    else:
        return
    yield from (pair for pair in found if pair[0].split(".")[0] == "scantrail")


@cache
def face(room: str) -> frozenset[str] | None:
    """The names in the `__all__` of a room's `__init__.py`; None for a room of one module or one without `__all__`."""
    path = SOURCE / "scantrail" / room / "__init__.py"
    if not path.exists():
        return None
    for node in tree(path).body:
        if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == "__all__" for t in node.targets):
            return frozenset(ast.literal_eval(node.value))
    return None


def trespass(home: str, module: str, name: str | None) -> str | None:
    """Why a module of the room `home` may not import this; None if it may."""
    parts = module.split(".")[1:]
    if not parts or parts[0] == home or home == "__main__":
        return None
    if len(parts) > 1:
        return f"{module} is inside another room: import it from scantrail.{parts[0]}"
    names = face(parts[0])
    if name and names is not None and name not in names:
        return f"{name} is not in the public face (__all__) of {module}"
    return None


def test_a_room_is_entered_through_its_public_face() -> None:
    breaches = [
        f"{where}: {why}"
        for path, node, where in nodes()
        for module, name in imports(node)
        if (why := trespass(room_of(path), module, name))
    ]
    assert not breaches


def test_imports_are_absolute() -> None:
    breaches = [where for _, node, where in nodes() if isinstance(node, ast.ImportFrom) and node.level]
    assert not breaches


@pytest.mark.parametrize("room", ROOMS)
def test_every_name_of_a_public_face_exists(room: str) -> None:
    package = importlib.import_module(f"scantrail.{room}")
    assert [name for name in getattr(package, "__all__", ()) if not hasattr(package, name)] == []


def test_the_contract_names_whatever_must_not_need_the_database() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    contracts = settings["tool"]["importlinter"]["contracts"]
    named = {module for contract in contracts for module in contract.get("source_modules", ())}
    built = {f"scantrail.{name}" for name in WITHOUT_DATABASE if is_built(name)}
    assert built <= named


def test_only_the_command_lines_print() -> None:
    breaches = [
        where
        for path, node, where in nodes()
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "print" and room_of(path) != "cli"
    ]
    assert not breaches


def test_no_console_takes_the_name_of_a_device_for_a_picture() -> None:
    """Rich writes `:KEY:` as a key; a PV such as XF:KEY:A is none."""
    loose = [
        f"{path.relative_to(SOURCE)}:{node.lineno}"
        for path, node, _ in nodes()
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "Console"
        and not any(keyword.arg == "emoji" for keyword in node.keywords)
    ]
    assert loose == []


def test_nothing_asserts_at_runtime() -> None:
    assert not [where for _, node, where in nodes() if isinstance(node, ast.Assert)]


def test_modules_and_functions_stay_small() -> None:
    breaches = [
        f"{path.relative_to(SOURCE)}: {lines} lines"
        for path in MODULES
        if (lines := len(path.read_text().splitlines())) > LONGEST_MODULE
    ]
    breaches += [
        f"{where}: {node.name} has {node.end_lineno - node.lineno + 1} lines"
        for _, node, where in nodes()
        if isinstance(node, Function) and (node.end_lineno or 0) - node.lineno >= LONGEST_FUNCTION
    ]
    assert not breaches


def public(node: ast.Module | ast.ClassDef) -> Iterator[ast.ClassDef | Function]:
    """The public classes, functions and methods below a module or class, without what functions keep to themselves."""
    for child in node.body:
        if isinstance(child, ast.ClassDef | Function) and not child.name.startswith("_"):
            yield child
            if isinstance(child, ast.ClassDef):
                yield from public(child)


def decorators(node: ast.ClassDef | Function) -> set[str]:
    return {ast.unparse(decorator).rpartition(".")[2] for decorator in node.decorator_list}


def test_every_public_name_has_a_docstring() -> None:
    breaches = []
    for path in MODULES:
        module = tree(path)
        for node in (module, *public(module)):
            if not isinstance(node, ast.Module) and decorators(node) & {"overload", "override", "setter"}:
                continue
            if len(ast.get_docstring(node) or "") < SHORTEST_DOCSTRING:
                breaches.append(f"{path.relative_to(SOURCE)}: {getattr(node, 'name', 'the module')}")
    assert not breaches


def test_no_file_names_a_package_registry() -> None:
    found = {path for pattern in TEXTS for path in ROOT.glob(pattern) if path.is_file()}
    texts = {path for path in found if not path.name.startswith(".coverage")}  # they come and go
    breaches = [
        f"{path.relative_to(ROOT)}: {named.group()}"
        for path in sorted(texts)
        if "_build" not in path.parts and path.stat().st_size < LARGEST_TEXT
        if (named := REGISTRIES.search(path.read_text(errors="ignore")))
    ]
    assert not breaches


@pytest.mark.parametrize(
    ("home", "module", "name", "refused"),
    [
        ("threshold", "scantrail.runs", "RunWriter", False),
        ("threshold", "scantrail.runs.writer", "RunWriter", True),
        ("threshold", "scantrail.runs", "writer", True),
        ("threshold", "scantrail.threshold.detector", "Counts", False),
        ("threshold", "scantrail.errors", "InputError", False),
        ("cli", "scantrail", "__version__", False),
        ("cli", "scantrail.runs.reader", None, True),
        ("__main__", "scantrail.cli.main", "scantrail", False),
    ],
)
def test_the_face_rule_sees_what_it_should(home: str, module: str, name: str | None, refused: bool) -> None:
    assert bool(trespass(home, module, name)) is refused


@pytest.mark.parametrize("room", ROOMS)
def test_no_public_name_is_a_module_whatever_was_loaded_before(room: str) -> None:
    """What is loaded later must not share its name with a module: once that is imported, it would stand for it."""
    script = (
        f"import scantrail.{room} as face, types\n"
        "names = getattr(face, '__all__', [])\n"
        "print([name for name in [*reversed(names), *names] if isinstance(getattr(face, name), types.ModuleType)])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
