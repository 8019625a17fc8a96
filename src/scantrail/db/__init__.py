"""The one database: where it is, its transactions, its migrations, its column types.

Its place costs nothing to ask for; every other name loads SQLAlchemy when it is first used.
"""

import importlib
from typing import TYPE_CHECKING, Any

from scantrail.db.location import database_url, render, sqlite_path

if TYPE_CHECKING:
    from scantrail.db.engine import Database, open_database
    from scantrail.db.rules import altered_rules
    from scantrail.db.sqlite import copy_online
    from scantrail.db.types import BOOLEAN, INTEGER, JSON, REAL, TEXT, TIME, UUID, metadata

__all__ = [
    "BOOLEAN",
    "INTEGER",
    "JSON",
    "REAL",
    "TEXT",
    "TIME",
    "UUID",
    "Database",
    "altered_rules",
    "copy_online",
    "database_url",
    "metadata",
    "open_database",
    "render",
    "sqlite_path",
]

_MODULES = {"Database": "engine", "open_database": "engine", "altered_rules": "rules", "copy_online": "sqlite"}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - any public name
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"{__name__}.{_MODULES.get(name, 'types')}"), name)
    globals()[name] = value
    return value
