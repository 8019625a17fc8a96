"""Databases as the hps-svt-tracker wrote them, in each generation of its schema."""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

GENERATIONS = ("newest", "no-assembly", "no-files", "oldest")

_COLUMNS: dict[str, tuple[str, ...]] = {
    "components": (
        "id TEXT PRIMARY KEY",
        "type TEXT NOT NULL",
        "serial_number TEXT",
        "asset_tag TEXT",
        "manufacturer TEXT",
        "manufacture_date TEXT",
        "installation_status TEXT",
        "current_location TEXT",
        "installed_position TEXT",
        "assembled_sensor_id TEXT",
        "assembled_hybrid_id TEXT",
        "attributes_json TEXT",
        "notes TEXT",
        "created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP",
        "updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP",
    ),
    "installation_history": (
        "id INTEGER PRIMARY KEY AUTOINCREMENT",
        "component_id TEXT NOT NULL",
        "position TEXT",
        "installation_date TIMESTAMP",
        "removal_date TIMESTAMP",
        "installed_by TEXT",
        "removed_by TEXT",
        "removal_reason TEXT",
        "run_period TEXT",
        "notes TEXT",
    ),
    "test_results": (
        "id INTEGER PRIMARY KEY AUTOINCREMENT",
        "component_id TEXT NOT NULL",
        "test_date TIMESTAMP",
        "test_type TEXT",
        "pass_fail BOOLEAN",
        "voltage_measured REAL",
        "current_measured REAL",
        "noise_level REAL",
        "temperature REAL",
        "measurements_json TEXT",
        "tested_by TEXT",
        "test_setup TEXT",
        "test_conditions TEXT",
        "image_paths TEXT",
        "data_file_path TEXT",
        "notes TEXT",
    ),
    "test_files": (
        "id INTEGER PRIMARY KEY AUTOINCREMENT",
        "test_id INTEGER NOT NULL",
        "file_type TEXT",
        "file_path TEXT",
        "original_filename TEXT",
        "description TEXT",
        "file_size INTEGER",
        "metadata_json TEXT",
        "upload_date TIMESTAMP DEFAULT CURRENT_TIMESTAMP",
    ),
    "connections": (
        "id INTEGER PRIMARY KEY AUTOINCREMENT",
        "component_a_id TEXT",
        "component_b_id TEXT",
        "connection_type TEXT",
        "cable_id TEXT",
        "installation_date TIMESTAMP",
        "notes TEXT",
    ),
    "maintenance_log": (
        "id INTEGER PRIMARY KEY AUTOINCREMENT",
        "component_id TEXT",
        "log_date TIMESTAMP",
        "log_type TEXT",
        "severity TEXT",
        "description TEXT",
        "resolution TEXT",
        "resolved_date TIMESTAMP",
        "logged_by TEXT",
        "image_path TEXT",
    ),
    "component_images": (
        "id INTEGER PRIMARY KEY AUTOINCREMENT",
        "component_id TEXT",
        "image_path TEXT",
        "description TEXT",
        "uploaded_by TEXT",
        "upload_date TIMESTAMP",
    ),
}
_MISSING: dict[str, dict[str, set[str]]] = {
    "newest": {"test_results": {"image_paths", "data_file_path"}},
    "no-assembly": {
        "components": {"assembled_sensor_id", "assembled_hybrid_id"},
        "test_results": {"image_paths", "data_file_path"},
    },
    "no-files": {"maintenance_log": {"image_path"}},
    "oldest": {
        "components": {"assembled_sensor_id", "assembled_hybrid_id"},
        "maintenance_log": {"image_path"},
    },
}
_NO_TABLES: dict[str, set[str]] = {
    "newest": set(),
    "no-assembly": set(),
    "no-files": {"test_files"},
    "oldest": {"test_files", "component_images", "connections"},
}

Rows = Mapping[str, Sequence[Mapping[str, Any]]]


def tables_of(generation: str) -> dict[str, list[str]]:
    """The tables of a generation with their columns as they are declared."""
    lacks = _MISSING[generation]
    return {
        table: [column for column in columns if column.split()[0] not in lacks.get(table, set())]
        for table, columns in _COLUMNS.items()
        if table not in _NO_TABLES[generation]
    }


def reference_database(path: Path, rows: Rows, generation: str = "newest", *, keys: bool = True) -> Path:
    """Write a database with these rows; without `keys`, any row may stand twice."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(path)) as base, base:
        for table, columns in tables_of(generation).items():
            declared = columns if keys else [column.split()[0] for column in columns]
            base.execute(f"CREATE TABLE {table} ({', '.join(declared)})")
            for row in rows.get(table, ()):
                names = ", ".join(row)
                base.execute(f"INSERT INTO {table} ({names}) VALUES ({', '.join('?' * len(row))})", [*row.values()])
    return path


def add_rows(path: Path, table: str, *rows: Mapping[str, Any]) -> None:
    """Go on with the old program: add rows."""
    with closing(sqlite3.connect(path)) as base, base:
        for row in rows:
            base.execute(
                f"INSERT INTO {table} ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})", [*row.values()]
            )


def component(name: str, kind: str = "module", status: str = "spare", **more: Any) -> dict[str, Any]:
    """A row of components."""
    times = {"created_at": "2024-01-10 09:00:00", "updated_at": "2024-02-01T10:00:00.250000"}
    return {"id": name, "type": kind, "installation_status": status, **times, **more}


def a_laboratory(generation: str, data: Path) -> Rows:
    """A laboratory's rows that break no rule, with the files that they name, as far as the generation has columns."""
    picture, sweep = data / "2024/M1/20240115_143022_iv_curve_0.png", data / "2024/M1/20240115_143022_iv_curve_data.csv"
    for path in (picture, sweep, data / "M1.jpg", data / "crack.png"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(f"content of {path.name}".encode())
    named = {path: path.relative_to(data).as_posix() for path in (picture, sweep)}
    rows: dict[str, list[dict[str, Any]]] = {
        "components": [
            component("S1", "sensor", current_location="Clean Room", serial_number="S-1", manufacturer="HPK"),
            component("H1", "hybrid", current_location="Clean Room"),
            component(
                "M1",
                status="installed",
                installed_position="Layer1_top_axial",
                current_location="Detector",
                asset_tag="JL-7",
                attributes_json='{"channel_count": 512}',
                assembled_sensor_id="S1",
                assembled_hybrid_id="H1",
                notes="first of all",
            ),
            component("F1", "feb", "qualified"),
            component("C1", "cable"),
        ],
        "installation_history": [
            _stay("M1", "Layer0_top_axial", "2024-01-20 08:00:00", "2024-01-25 08:00:00", removal_reason="end"),
            _stay("M1", "Layer1_top_axial", "2024-02-01 08:00:00", run_period="2024_run", installed_by="John Doe"),
        ],
        "test_results": [
            {
                "component_id": "M1",
                "test_date": "2024-01-15T14:30:22",
                "test_type": "iv_curve",
                "pass_fail": 1,
                "voltage_measured": 60,
                "current_measured": 2.3e-6,
                "temperature": -9.0,
                "measurements_json": json.dumps(
                    {
                        "voltage_measured": 60,
                        "current_measured": {"value": 2.3e-6, "unit": "A", "description": "after an hour"},
                        "leakage": {"value": 2.1, "unit": "nA"},
                        "bad_channels": [47, 128],
                    }
                ),
                "tested_by": "Jane Doe",
                "test_setup": "probe station",
                "image_paths": json.dumps([named[picture]]),
                "data_file_path": named[sweep],
                "notes": "fine",
            }
        ],
        "test_files": [
            {"test_id": 1, "file_type": "image", "file_path": named[picture], "original_filename": "iv.png"},
            {"test_id": 1, "file_type": "data", "file_path": named[sweep], "description": "the sweep"},
        ],
        "connections": [
            {
                "component_a_id": "M1",
                "component_b_id": "F1",
                "connection_type": "data",
                "cable_id": "C1",
                "installation_date": "2024-02-01 09:00:00",
                "notes": "tight",
            }
        ],
        "maintenance_log": [
            _entry("M1", "2024-01-12 10:00:00", "maintenance", "Assembly: sensor S1 and hybrid H1 - glued"),
            _entry("F1", "2024-01-13 10:00:00", "inspection", "looked at", image_path="crack.png"),
            _entry("F1", "2024-01-14 10:00:00", "issue", "noisy", resolved_date="2024-01-14", resolution="cleaned"),
        ],
        "component_images": [
            {"component_id": "M1", "image_path": "M1.jpg", "description": "from above", "upload_date": "2024-01-11"}
        ],
    }
    have = {table: {column.split()[0] for column in columns} for table, columns in tables_of(generation).items()}
    return {
        table: [{name: value for name, value in row.items() if name in have[table]} for row in rows[table]]
        for table in rows
        if table in have
    }


def _stay(name: str, position: str, installed: str, removed: str | None = None, **more: Any) -> dict[str, Any]:
    return {
        "component_id": name,
        "position": position,
        "installation_date": installed,
        "removal_date": removed,
        **more,
    }


def _entry(name: str, date: str, kind: str, text: str, **more: Any) -> dict[str, Any]:
    return {"component_id": name, "log_date": date, "log_type": kind, "description": text, "logged_by": "JD", **more}


stay, entry = _stay, _entry
