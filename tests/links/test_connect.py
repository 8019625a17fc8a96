import pytest

from scantrail.errors import InputError, LinkError
from scantrail.links import Client, Column, DeviceClient, connect, tcp

X = "BL02:SAMPLE:X"


def test_tcp(server):
    client = connect(f"tcp://127.0.0.1:{server.port}", timeout=2.0)
    assert isinstance(client, DeviceClient)
    assert (client.host, client.port, client.timeout) == ("127.0.0.1", server.port, 2.0)
    assert client.get(X) == 0.0
    client.close()


def test_the_port_is_5064_unless_given(monkeypatch):
    def dial(host, port, until):
        raise LinkError(f"{host} {port}")

    monkeypatch.setattr(tcp, "dial", dial)
    with pytest.raises(LinkError, match=r"tcp://bl02.example.org:5064: bl02.example.org 5064"):
        connect("tcp://bl02.example.org")


def test_a_simulated_beamline_in_this_process():
    client = connect("sim://", devices={X: Column("", "um", "number", "axis", (-5.0, 5.0))})
    assert isinstance(client, Client)
    assert client.get("BL02:DET:I0") == pytest.approx(5e5, rel=0.2)
    assert client.describe([X])[X].limits == (-5.0, 5.0)
    assert client.move_many({X: 1.0}, 1.0) == {X}
    while client.moving({X}, 1.0):
        pass
    assert client.get(f"{X}.RBV") == 1.0
    with client.monitor([X, "BL02:RING:CURRENT"], 0.1) as updates:
        assert [next(updates)[0] for _ in range(4)] == [X, "BL02:RING:CURRENT"] * 2
    client.move(X, -5.0)
    client.stop({X})
    client.close()
    with pytest.raises(LinkError, match="Not connected to sim://"):
        client.get(X)


def test_clients_of_one_name_share_a_beamline():
    one, other, third = connect("sim://bench"), connect("sim://bench"), connect("sim://")
    one.put("BL02:DISC:CH1:VTH", 123.0)
    assert other.get("BL02:DISC:CH1:VTH") == 123.0
    assert third.get("BL02:DISC:CH1:VTH") == 350.0
    for client in (one, other, third):
        client.close()


@pytest.mark.parametrize("url", ["ca://", "pva://x"])
def test_what_is_not_built_yet(url):
    with pytest.raises(InputError, match=r"are not built yet; tcp:// and sim:// are$"):
        connect(url)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "localhost:5064",
        "http://host",
        "tcp:host",
        "tcp://",
        "tcp://:5064",
        "tcp://h:0x1",
        "tcp://h:99999",
        "tcp://h/x",
    ],
)
def test_what_is_no_address(url):
    with pytest.raises(InputError, match="an address like"):
        connect(url)


def test_ipv6_addresses_keep_their_brackets():
    assert DeviceClient("::1", 5064).url == "tcp://[::1]:5064"
