import json
import os
import subprocess
import sys
import threading

import pytest

from scantrail.errors import PortBusy
from scantrail.threshold.osechi.lock import PortLock, lock_path

HOLD = """
import sys
from scantrail.threshold.osechi.lock import PortLock
lock = PortLock(sys.argv[1])
lock.describe("42")
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def port(tmp_path):
    path = tmp_path / "port"
    path.touch()
    return str(path)


@pytest.fixture
def holder(port):
    """Another program that holds the port."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, port], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout.readline() == "held\n"
        yield process
        process.stdin.close()


def test_the_holder_is_named(holder, port):
    with pytest.raises(PortBusy, match=rf"{port} is in use by process {holder.pid} \(.+: -c .*, run 42\)"):
        PortLock(port)


def test_a_link_has_the_lock_of_its_device(holder, port, tmp_path):
    (tmp_path / "link").symlink_to(port)
    with pytest.raises(PortBusy, match=f"{holder.pid}"):
        PortLock(str(tmp_path / "link"))


def test_a_killed_holder_leaves_nothing_in_the_way(holder, port):
    holder.kill()
    holder.wait()
    assert lock_path(port).exists()
    PortLock(port).release()
    assert not lock_path(port).exists()


def test_a_stale_file_of_whatever_content_is_harmless(port):
    lock_path(port).write_bytes(b"\xff not json")
    lock = PortLock(port)
    assert json.loads(lock_path(port).read_text())["pid"] == os.getpid()
    lock.release()
    lock.release()


def test_a_holder_without_words_is_another_program(port):
    lock = PortLock(port)
    lock_path(port).write_bytes(b"")
    with pytest.raises(PortBusy, match="another program"):
        PortLock(port)
    lock.release()


def test_of_many_threads_one_gets_the_port(port):
    got, refused = [], []
    start = threading.Barrier(8)

    def contend():
        start.wait()
        try:
            got.append(PortLock(port))
        except PortBusy as busy:
            refused.append(str(busy))

    threads = [threading.Thread(target=contend) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(got), len(refused)) == (1, 7)
    got[0].release()
