"""Components, their tests, assembly, positions and history (seed 002).

Every name loads its module when it is first used: a command that reads pays for reading alone.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scantrail.tracker.adopting import Adopted, adopt
    from scantrail.tracker.assembly import assemble_module, disassemble_module
    from scantrail.tracker.backups import backup, check_backup, restore
    from scantrail.tracker.blocking import Blocks, blocks
    from scantrail.tracker.card import detail, open_connections
    from scantrail.tracker.change import Done, login
    from scantrail.tracker.checking import verify
    from scantrail.tracker.choosing import fitting_components, search_components
    from scantrail.tracker.commands import add_component, known_id, move_component, update_component
    from scantrail.tracker.completing import Named, complete
    from scantrail.tracker.component import Component
    from scantrail.tracker.connections import connect_components, disconnect_components
    from scantrail.tracker.example import example_profile
    from scantrail.tracker.figure import Drawn, plot_component, plot_type
    from scantrail.tracker.installation import install_component, remove_component
    from scantrail.tracker.labels import write_labels
    from scantrail.tracker.leftover import strays
    from scantrail.tracker.limits import in_words, set_limit
    from scantrail.tracker.listing import Page, list_components, list_positions, list_test_types, summary
    from scantrail.tracker.locations import list_locations
    from scantrail.tracker.maintenance import LOG_TYPES, SEVERITIES, add_maintenance_log, resolve_log
    from scantrail.tracker.matrix import Matrix, verdict_matrix
    from scantrail.tracker.measured_by import link_run, measurable, runs_measuring, tests_of_run, undone_tests
    from scantrail.tracker.moments import moment, stamp
    from scantrail.tracker.past import at, history
    from scantrail.tracker.profile import Profile, load_profile
    from scantrail.tracker.quantities import declared_name, error_of, joined
    from scantrail.tracker.rehearsals import rehearsal
    from scantrail.tracker.run_tests import RunTest
    from scantrail.tracker.searching import Found, search
    from scantrail.tracker.settling import findings, settle_finding
    from scantrail.tracker.store import Database, default_database, get_default_db
    from scantrail.tracker.testing import TestResult
    from scantrail.tracker.tokens import Scope, Token, list_tokens, new_token, revoke_token, token_of
    from scantrail.tracker.transfer import (
        Export,
        Exported,
        Imported,
        export,
        import_export,
        import_table,
        is_export,
        read_export,
    )
    from scantrail.tracker.undoing import undo
    from scantrail.tracker.workflow import OUTCOMES, STATUSES, TRANSITIONS

_MODULES = {
    "adopting": ("Adopted", "adopt"),
    "assembly": ("assemble_module", "disassemble_module"),
    "backups": ("backup", "check_backup", "restore"),
    "blocking": ("Blocks", "blocks"),
    "change": ("Done", "login"),
    "commands": ("add_component", "known_id", "move_component", "update_component"),
    "completing": ("Named", "complete"),
    "component": ("Component",),
    "connections": ("connect_components", "disconnect_components"),
    "card": ("detail", "open_connections"),
    "past": ("at", "history"),
    "example": ("example_profile",),
    "figure": ("Drawn", "plot_component", "plot_type"),
    "installation": ("install_component", "remove_component"),
    "locations": ("list_locations",),
    "labels": ("write_labels",),
    "limits": ("in_words", "set_limit"),
    "listing": ("Page", "list_components", "list_positions", "list_test_types", "summary"),
    "maintenance": ("LOG_TYPES", "SEVERITIES", "add_maintenance_log", "resolve_log"),
    "measured_by": ("link_run", "measurable", "runs_measuring", "tests_of_run", "undone_tests"),
    "run_tests": ("RunTest",),
    "quantities": ("declared_name", "error_of", "joined"),
    "moments": ("moment", "stamp"),
    "profile": ("Profile", "load_profile"),
    "searching": ("Found", "search"),
    "settling": ("findings", "settle_finding"),
    "store": ("Database", "default_database", "get_default_db"),
    "leftover": ("strays",),
    "testing": ("TestResult",),
    "transfer": (
        "Export",
        "Exported",
        "Imported",
        "export",
        "import_export",
        "import_table",
        "is_export",
        "read_export",
    ),
    "matrix": ("Matrix", "verdict_matrix"),
    "rehearsals": ("rehearsal",),
    "choosing": ("fitting_components", "search_components"),
    "tokens": ("Scope", "Token", "list_tokens", "new_token", "revoke_token", "token_of"),
    "undoing": ("undo",),
    "checking": ("verify",),
    "workflow": ("OUTCOMES", "STATUSES", "TRANSITIONS"),
}
_HOME = {name: module for module, names in _MODULES.items() for name in names}

__all__ = [
    "LOG_TYPES",
    "OUTCOMES",
    "SEVERITIES",
    "STATUSES",
    "TRANSITIONS",
    "Adopted",
    "Blocks",
    "Component",
    "Database",
    "Done",
    "Drawn",
    "Export",
    "Exported",
    "Found",
    "Imported",
    "Matrix",
    "Named",
    "Page",
    "Profile",
    "RunTest",
    "Scope",
    "TestResult",
    "Token",
    "add_component",
    "add_maintenance_log",
    "adopt",
    "assemble_module",
    "at",
    "backup",
    "blocks",
    "check_backup",
    "complete",
    "connect_components",
    "declared_name",
    "default_database",
    "detail",
    "disassemble_module",
    "disconnect_components",
    "error_of",
    "example_profile",
    "export",
    "findings",
    "fitting_components",
    "get_default_db",
    "history",
    "import_export",
    "import_table",
    "in_words",
    "install_component",
    "is_export",
    "joined",
    "known_id",
    "link_run",
    "list_components",
    "list_locations",
    "list_positions",
    "list_test_types",
    "list_tokens",
    "load_profile",
    "login",
    "measurable",
    "moment",
    "move_component",
    "new_token",
    "open_connections",
    "plot_component",
    "plot_type",
    "read_export",
    "rehearsal",
    "remove_component",
    "resolve_log",
    "restore",
    "revoke_token",
    "runs_measuring",
    "search",
    "search_components",
    "set_limit",
    "settle_finding",
    "stamp",
    "strays",
    "summary",
    "tests_of_run",
    "token_of",
    "undo",
    "undone_tests",
    "update_component",
    "verdict_matrix",
    "verify",
    "write_labels",
]


def __getattr__(name: str) -> Any:  # noqa: ANN401 - any public name
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"{__name__}.{_HOME[name]}"), name)
    globals()[name] = value
    return value
