import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from scantrail.errors import PortBusy
from scantrail.sim import BeamlineFaults, BeamlineMachine, BeamlineServer

X = "BL02:SAMPLE:X"


@pytest.fixture
def server() -> Iterator[BeamlineServer]:
    with BeamlineServer(BeamlineMachine(seed=1, instant=True)) as server:
        yield server


@contextmanager
def talk(server):
    with socket.create_connection(("127.0.0.1", server.port), timeout=10.0) as sock:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with sock.makefile("rwb", buffering=0) as file:
            yield sock, file


def test_it_listens_on_loopback_on_a_free_port(server):
    assert server.address == f"127.0.0.1:{server.port}"
    with talk(server) as (_, file):
        file.write(b"PING\n")
        assert file.readline() == b"OK:PONG\n"


def test_a_port_that_is_taken(server):
    with pytest.raises(PortBusy, match=f"127.0.0.1 port {server.port}: Address already in use"):
        BeamlineServer(BeamlineMachine(seed=1), port=server.port)


def test_sixty_clients_at_once(server):
    def chat(number):
        with talk(server) as (_, file):
            lines = []
            for i in range(20):
                file.write(f"PUT:BL02:DISC:CH1:VTH:{number}\nGET:BL02:DET:{('I0', 'IT')[i % 2]}\nPING\n".encode())
                lines += [file.readline() for _ in range(3)]
            return lines[::3] == [b"OK:PUT\n"] * 20 and lines[2::3] == [b"OK:PONG\n"] * 20

    with ThreadPoolExecutor(60) as pool:
        assert all(pool.map(chat, range(1, 61)))
    assert server.machine.connections == 60


def test_pipelined_input_whose_last_line_is_split(server):
    with talk(server) as (_, file):
        for _ in range(50):
            file.write(b"PING\nGET:BL02:SAM")
            assert file.readline() == b"OK:PONG\n"
            file.write(b"PLE:X\nPI")
            assert file.readline() == b"OK:0\n"
            file.write(b"NG\n")
            assert file.readline() == b"OK:PONG\n"


def test_a_client_that_resets_with_answers_pending(server):
    for _ in range(20):
        with socket.create_connection(("127.0.0.1", server.port)) as sock:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            sock.sendall(b"LIST\n" * 200)
    with talk(server) as (_, file):
        file.write(b"PING\n")
        assert file.readline() == b"OK:PONG\n"


def test_a_line_that_is_too_long_resets_the_connection(server):
    with talk(server) as (sock, _):
        sock.sendall(b"x" * 2000 + b"\n")
        with pytest.raises(ConnectionResetError):
            while sock.recv(100):
                pass


def test_quit_is_the_end_of_file(server):
    with talk(server) as (_, file):
        file.write(b"QUIT\n")
        assert file.read() == b"OK:BYE\n"


def test_a_client_that_never_reads_does_not_fill_the_memory(server):
    with talk(server) as (sock, _):
        sock.settimeout(0.5)
        with pytest.raises(TimeoutError):
            for _ in range(100_000):
                sock.sendall(b"LIST\n" * 200)
        with talk(server) as (_, other):
            other.write(b"PING\n")
            assert other.readline() == b"OK:PONG\n"


def test_monitoring_between_other_commands(server):
    with talk(server) as (_, file):
        file.write(f"MONITOR:{X}:100\n".encode())
        assert file.readline() == b"OK:MONITORING\n"
        assert [file.readline() for _ in range(2)] == [b"DATA:0\n"] * 2
        file.write(b"PING\nSTOP\n")
        lines = [file.readline() for _ in range(2)]
        assert lines[-1] == b"OK:STOPPED\n" or file.readline() == b"OK:STOPPED\n"


def test_a_tick_and_a_delay():
    faults = BeamlineFaults(slow=0.05)
    with BeamlineServer(BeamlineMachine(seed=1, instant=True, tick=0.01, faults=faults)) as server:
        with talk(server) as (_, file):
            began = time.monotonic()
            file.write(b"PING\nPING\n")
            assert file.readline() + file.readline() == b"OK:PONG\nOK:PONG\n"
            assert time.monotonic() - began >= 0.05
        assert server.machine.turns == 1


def test_a_cut_answer():
    with BeamlineServer(BeamlineMachine(seed=1, faults=BeamlineFaults(cut=2))) as server, talk(server) as (_, file):
        file.write(b"PING\nPING\nPING\n")
        assert file.read() == b"OK:PONG\nOK:"


def test_it_ends_with_clients_connected(server):
    with talk(server) as (sock, file):
        file.write(b"PING\n")
        file.readline()
        server.stop()
        with pytest.raises(ConnectionResetError):
            if not sock.recv(10):
                raise ConnectionResetError
    server.stop()
