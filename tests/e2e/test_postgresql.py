"""The commands that the documentation prints to set up PostgreSQL, run as printed against a real server."""

import os
import re
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from commands import BIN
from postgres import binaries

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "postgresql.md"


@pytest.mark.timeout(120)
def test_the_page_sets_up_a_server(postgres_url: str, isolated_home: Path) -> None:
    """Only what belongs to this machine is changed: who the administrator is, and where the server listens."""
    server = urlsplit(postgres_url)
    environment = {
        **os.environ,
        "PATH": f"{BIN}:{binaries()}:{os.environ['PATH']}",
        "PGHOST": str(server.hostname),
        "PGPORT": str(server.port),
        "PGUSER": str(server.username),
        "PGPASSWORD": str(server.password),
        "PGDATABASE": "postgres",
    }
    blocks = re.findall(r"```bash\n(.*?)```", PAGE.read_text(), re.DOTALL)
    assert len(blocks) == 3
    text = "\n".join(blocks).replace("sudo -u postgres ", "")
    text = text.replace("@localhost/", f"@{server.hostname}:{server.port}/").replace(
        "localhost:*", f"{server.hostname}:*"
    )
    # at the end once more as the page recommends: the password in ~/.pgpass alone
    text += f"unset PGPASSWORD\nsvt --db-path postgresql://svt@{server.hostname}:{server.port}/parts show MODULE-1\n"
    text += (
        f"export SCANTRAIL_DB=postgresql://svt@{server.hostname}:{server.port}/parts\nsvt backup copy && svt verify\n"
    )
    done = subprocess.run(
        ["bash", "-euc", text], cwd=isolated_home, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    for words in ("CREATE ROLE", "Database: postgresql+psycopg://svt", "Added MODULE-1", "is intact"):
        assert words in done.stdout
    assert done.stdout.count("MODULE-1") >= 3
    assert "choose-another" not in done.stdout + done.stderr
    assert (isolated_home / "copy" / "tables" / "component.jsonl").is_file()
