"""A fresh database of each kind, other processes that use it, and a look at what it holds."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from scantrail.db import database_url

KINDS = ("sqlite", "postgresql")


@contextmanager
def fresh_database(kind: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """Give the URL of an empty database of this kind; the PostgreSQL server is started only when it is asked for."""
    if kind == "sqlite":
        yield database_url(str(request.getfixturevalue("tmp_path") / "base" / "scantrail.db"), None)
        return
    server = request.getfixturevalue("postgres_url")
    name = f"t_{uuid4().hex}"
    with closing(psycopg.connect(server, autocommit=True)) as admin:
        admin.execute(f"CREATE DATABASE {name}")
        yield database_url(f"{server.rpartition('/')[0]}/{name}", None)
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


def python(code: str, *arguments: object) -> subprocess.Popen[str]:
    """Start another Python process on this code."""
    command = [sys.executable, "-W", "error", "-c", code, *map(str, arguments)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


HOLDER = """
import sqlite3, sys
base = sqlite3.connect(sys.argv[1], isolation_level=None)
base.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.read()
"""


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Another process holds the write lock of this file."""
    with python(HOLDER, path) as holder:
        if holder.stdout is None or holder.stdout.readline() != "held\n":
            pytest.fail("the lock was not taken")
        try:
            yield
        finally:
            holder.communicate()
