import socket

import pytest

from scantrail.errors import InputError, LinkError, MotionError, ProtocolError, UnknownPV, UnreadableReply, ValueRefused
from scantrail.links import Client, Column, DeviceClient, MotorStatus
from scantrail.sim import BeamlineFaults, BeamlineMachine, BeamlineServer

X, Y, I0 = "BL02:SAMPLE:X", "BL02:SAMPLE:Y", "BL02:DET:I0"
LIMITED = {X: Column("", "um", "number", "axis", (-100.0, 100.0))}


def test_it_is_a_client(client):
    assert isinstance(client, Client)
    assert client.url.startswith("tcp://127.0.0.1:")
    assert client.connected


def test_values(client):
    assert client.get("BL02:SAMPLE:X.RBV") == 0.0
    client.put("BL02:DISC:CH1:VTH", 311.5)
    assert client.get_many(["BL02:DISC:CH1:VTH", "BL02:SHUTTER:STATUS"]) == [311.5, 1.0]
    assert client.get(I0) == pytest.approx(5e5, rel=0.2)
    assert client.get_many([]) == []
    assert client.ping() < 1.0


def test_a_failure_stays_in_its_slot(client):
    first, second, third = client.read(["BL02:SHUTTER:CMD", "BL02:NO:SUCH", X], 1.0)
    assert (first.value, third.value) == (1.0, 0.0)
    assert second.value is None
    assert "BL02:NO:SUCH" in second.error
    assert second.severity == 3
    assert first.time == second.time == third.time


def test_one_batch_is_one_round_trip_up_to_1023_bytes(client, machine):
    before = machine.turns
    assert len(client.read([I0] * 63, 5.0)) == 63
    assert machine.turns == before + 1
    assert len(client.read([I0] * 64, 5.0)) == 64
    assert machine.turns == before + 3


def test_names(client):
    assert client.list_pvs("BL02:DET:*") == [I0, "BL02:DET:IT", "BL02:DET:IF"]
    assert client.list_pvs("nothing") == []
    assert {X, "BL02:SAMPLE:X.RBV"} < set(client.list_pvs())


def test_an_unknown_name_comes_with_the_nearest(client):
    with pytest.raises(UnknownPV, match=r"Did you mean BL02:SAMPLE:X") as caught:
        client.get("BL02:SAMPEL:X")
    assert X in caught.value.nearest
    assert isinstance(caught.value, ProtocolError | LookupError)
    with pytest.raises(UnknownPV, match="BL02:DET:I0"):
        client.describe(["BL02:DET:I1"])
    with pytest.raises(UnknownPV, match="BL02:SAMPLE:X"):
        client.move("BL02:SAMPLE:XX", 1.0)
    with pytest.raises(UnknownPV, match="is no motor"):
        client.status(I0)


def test_a_move_and_its_status_are_one_round_trip(client, machine):
    before = machine.turns
    assert client.move_many({X: 500.0, Y: -20.0}, 1.0) == set()
    assert machine.turns == before + 1
    assert client.get_many([X, "BL02:SAMPLE:X.RBV", "BL02:SAMPLE:Y.RBV"]) == [500.0, 500.0, -20.0]
    client.move(X, -1.0)
    assert client.status(X) is MotorStatus.IDLE
    assert client.status(X) == "IDLE"
    assert client.moving({X, Y}, 1.0) == set()
    assert client.move_many({}, 1.0) == client.moving(set(), 1.0) == set()


def test_what_the_server_refuses(client):
    with pytest.raises(ValueRefused, match=r"refused MOVE:BL02:SAMPLE:X:20000 \(INVALID_VALUE\)") as caught:
        client.move(X, 20000.0)
    assert caught.value.code == "INVALID_VALUE"
    with pytest.raises(ValueRefused, match="MOVE:BL02:SAMPLE:X:20000"):
        client.move_many({Y: 1.0, X: 20000.0}, 1.0)
    with pytest.raises(ValueRefused, match="read-only"):
        client.put("BL02:RING:CURRENT", 1.0)
    assert client.get(Y) == 1.0


def test_what_is_never_sent(server, machine):
    with DeviceClient("127.0.0.1", server.port, devices=LIMITED) as client:
        for move in (
            lambda: client.move(X, 101.0),
            lambda: client.put(X, -101.0),
            lambda: client.move_many({X: 1e3}, 1),
        ):
            with pytest.raises(ValueRefused, match="BL02:SAMPLE:X takes -100 to 100 um"):
                move()
        with pytest.raises(ValueRefused, match="finite"):
            client.move(X, float("nan"))
        with pytest.raises(InputError, match="one line"):
            client.get("A\nMOVE:B:1")
        with pytest.raises(InputError, match="deadline"):
            client.read([X], float("inf"))
        client.move(X, 100.0)
    assert machine.commands == {"MOVE": 1}


def test_limits_and_units_come_from_the_station(server):
    with DeviceClient("127.0.0.1", server.port, devices=LIMITED) as client:
        columns = client.describe([X, "BL02:SAMPLE:X.RBV", "BL02:SAMPLE:Y", "BL02:SAMPLE:X.DMOV"])
    assert columns[X] == Column(f"{client.url}/{X}", "um", "number", "axis", (-100.0, 100.0))
    assert columns["BL02:SAMPLE:X.RBV"].units == "um"
    assert columns["BL02:SAMPLE:Y"] == Column(f"{client.url}/{Y}", None, "number", "axis")
    assert list(columns) == [X, "BL02:SAMPLE:X.RBV", "BL02:SAMPLE:Y", "BL02:SAMPLE:X.DMOV"]


def test_a_fault_tells_motor_target_place_and_time():
    machine = BeamlineMachine(seed=1, instant=True, faults=BeamlineFaults(switch={X: 50.0}))
    with BeamlineServer(machine) as server, DeviceClient("127.0.0.1", server.port, devices=LIMITED) as client:
        with pytest.raises(
            MotionError, match=r"BL02:SAMPLE:X at tcp://.* \(MOTOR_FAULT\) .* s after its move to 80 um began, at 50 um"
        ):
            client.move_many({X: 80.0}, 1.0)
        with pytest.raises(MotionError):
            client.status(X)
        client.move(X, 20.0)
        assert client.status(X) == "IDLE"


def test_before_connect_and_after_disconnect(server):
    client = DeviceClient("127.0.0.1", server.port)
    for _ in range(2):
        with pytest.raises(ConnectionError, match="Not connected"):
            client.get(X)
        client.connect()
        client.connect()
        assert client.get(X) == 0.0
        client.disconnect()
        client.disconnect()
    client.close()


def test_a_closed_port_is_told_in_a_sentence():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    with pytest.raises(LinkError, match=rf"tcp://localhost:{port}: cannot connect: nothing listens there;"):
        DeviceClient("localhost", port).connect()


@pytest.mark.parametrize("port", [0, 65536])
def test_a_port_that_is_none(port):
    with pytest.raises(InputError, match="1 to 65535"):
        DeviceClient(port=port)


@pytest.mark.parametrize("timeout", [0.0, -1.0, float("nan"), float("inf")])
def test_a_timeout_that_is_none(timeout):
    with pytest.raises(InputError, match="timeout"):
        DeviceClient(timeout=timeout)


def test_the_seed_names():
    client = DeviceClient()
    assert (client.host, client.port, client.timeout) == ("localhost", 5064, 5.0)
    assert client._parse_response("OK:1:2\n") == ("OK", "1:2")
    assert client._parse_response("ERR:INTERNAL") == ("ERR", "INTERNAL")
    with pytest.raises(ProtocolError):
        client._parse_response("hello")


def test_send_command(client):
    assert client._send_command("PING") == "PONG"
    with pytest.raises(ProtocolError, match="UNKNOWN_CMD") as caught:
        client._send_command("DANCE")
    assert caught.value.code == "UNKNOWN_CMD"


def test_text_in_place_of_a_number(scripted):
    client, _ = scripted(b"OK:warm\n", b"OK:warm\n", b"ERR:TEAPOT\n", b"OK:1\n")
    with pytest.raises(UnreadableReply, match="GET:A with 'warm'") as caught:
        client.get("A")
    assert isinstance(caught.value, ProtocolError)
    assert isinstance(caught.value, ValueError)
    assert client.read(["A"], 1.0)[0].value is None
    with pytest.raises(ProtocolError, match="TEAPOT") as caught:
        client.get("A")
    assert caught.value.code == "TEAPOT"
    assert client.get("A") == 1.0
