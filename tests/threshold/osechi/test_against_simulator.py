"""The driver against the simulated board over a pseudo-terminal: its counts are the board's own, to the event."""

import time

import pytest

from scantrail.errors import LinkLost, ThresholdRefused, ThresholdUnconfirmed, WindowError
from scantrail.sim import (
    ChannelPhysics,
    Faults,
    OsechiMachine,
    OsechiPhysics,
    PtyServer,
    WriteFault,
    thresholds,
    windows,
)
from scantrail.threshold.osechi import window

SPEED = 20.0
NOISY = OsechiPhysics(tuple(ChannelPhysics(mu=300.0, rate=60.0, plateau=5.0) for _ in range(3)))


@pytest.fixture
def simulate():
    """Serve machines: `simulate(dialect, ...)` gives (machine, port name, server)."""
    servers = []

    def serve(dialect="v1", physics=NOISY, faults=None, speed=SPEED):
        machine = OsechiMachine(dialect, physics=physics, faults=faults, seed=5)
        server = PtyServer(machine, speed=speed)
        server.__enter__()
        servers.append(server)
        return machine, server.name, server

    yield serve
    for server in servers:
        server.__exit__(None, None, None)


def perfect(machine):
    """The windows of the board's log, as its perfect readers count them."""
    machine.log.flush(machine.board.epoch)
    return windows(machine.log.records)


@pytest.mark.parametrize("asked", ["named", "auto"])
@pytest.mark.parametrize("dialect", ["v1", "v2"])
def test_counts_agree_to_the_event(simulate, device, sleep, dialect, asked):
    machine, port, _ = simulate(dialect)
    counted, took = [], []
    with device(port, dialect="auto" if asked == "auto" else dialect, speed=SPEED) as detector:
        assert detector.dialect == dialect
        for value in (295, 300, 320):
            for channel in detector.channels:
                detector.set_threshold(channel, value)
            began = time.monotonic()
            counted.append(detector.count(2.0, sleep))
            took.append((time.monotonic() - began) * SPEED)
    told = perfect(machine)
    assert [dict(counts.patterns) for counts in counted] == [one.patterns for one in told]
    assert [one.thresholds[2] for one in told] == [295, 300, 320]
    for counts, one, longest in zip(counted, told, took, strict=True):
        assert 2.0 <= counts.live <= longest
        assert counts.unparsable == 0 or "host" in one.lost  # a busy host may cut a line
        cut = counts.unparsable
        assert counts.lost == (cut or None if dialect == "v1" else one.lost.get("queue", 0) + cut)


def test_legacy(simulate, device, sleep):
    machine, port, _ = simulate("legacy")
    with device(port, dialect="auto", speed=SPEED) as detector:
        assert detector.dialect == "legacy"
        write = detector.set_threshold(2, 700)
        assert write.exchange == "02 1a f0 -> 2; echo: none"
        detector.set_threshold(1, 1023)
        detector.set_threshold(3, 1023)
        counts = detector.count(4.0, sleep)
    assert thresholds(machine.log.records) == {1: 1023, 2: 700, 3: 1023}
    assert counts.channels[1] == counts.channels[3] == 0
    assert counts.channels[2] > 0
    assert counts.unparsable == 0
    assert counts.notes == (window.BY_STAMPS,)


@pytest.mark.parametrize("dialect", ["v1", "v2"])
def test_the_link_sets_the_rate_and_the_result_says_so(simulate, device, sleep, dialect):
    storm = OsechiPhysics(tuple(ChannelPhysics(mu=500.0, rate=300.0) for _ in range(3)))
    slow = SPEED / 10  # on a busy machine the terminal would be full before the driver's turn comes
    machine, port, _ = simulate(dialect, physics=storm, speed=slow)
    with device(port, dialect=dialect, speed=slow) as detector:
        counts = detector.count(5.0, sleep)
    told = perfect(machine)[-1]  # a window whose closing came late was taken again
    assert dict(counts.patterns) == told.patterns
    assert any("link was full" in note for note in counts.notes)
    if dialect == "v2":
        assert counts.lost == pytest.approx(told.lost["queue"], abs=5)
        assert counts.lost > 0


@pytest.mark.parametrize(
    "faults", [Faults(debug=0.3), Faults(garbage=0.2), Faults(half_lines=0.2), Faults(debug=0.1, garbage=0.1)]
)
def test_strange_lines_cost_no_good_event(simulate, device, sleep, faults):
    machine, port, _ = simulate(faults=faults)
    with device(port, speed=SPEED) as detector:
        counts = detector.count(4.0, sleep)
    (told,) = perfect(machine)
    assert dict(counts.patterns) == told.patterns
    assert (counts.unparsable > 0) == (faults.garbage > 0 or faults.half_lines > 0)
    assert (window.DEBUG_LINES in counts.notes) == (faults.debug > 0)
    if faults.half_lines:
        assert counts.lost == counts.unparsable == sum(told.lost.values())


def test_bytes_dropped_on_the_line_are_seen_as_losses(simulate, device, sleep):
    machine, port, _ = simulate(faults=Faults(drop_bytes=0.02))
    with device(port, speed=SPEED) as detector:
        counts = detector.count(10.0, sleep)
    (told,) = perfect(machine)
    assert counts.lost is not None
    assert counts.lost > 0
    assert counts.events <= told.events + sum(told.lost.values())


def test_writes_that_go_wrong(simulate, device):
    faults = Faults(
        writes=(WriteFault("refuse", 1), WriteFault("ignore", 2), WriteFault("corrupt", 3, 300)), drop_writes=1
    )
    machine, port, _ = simulate("v2", faults=faults)
    with device(port, timeout=0.25, dialect="v2") as detector:
        with pytest.raises(ThresholdUnconfirmed, match="silence"):
            detector.set_threshold(3, 299)
        assert detector.set_threshold(3, 299).value == 299
        with pytest.raises(ThresholdRefused, match="Threshold not written"):
            detector.set_threshold(1, 299)
        with pytest.raises(ThresholdUnconfirmed, match="silence"):
            detector.set_threshold(2, 299)
        with pytest.raises(ThresholdUnconfirmed, match="heard"):
            detector.set_threshold(3, 300)
        assert [detector.confirmed(channel) for channel in detector.channels] == [None, None, None]
    assert thresholds(machine.log.records)[3] == 300


def test_frozen_in_a_window(simulate, device, sleep):
    machine, port, _ = simulate()
    with device(port, timeout=0.2, speed=SPEED) as detector:

        def freeze(seconds):
            machine.faults = Faults(freeze=0.0)
            return sleep(seconds)

        with pytest.raises(WindowError, match=f"{port}.*frozen"):
            detector.count(2.0, freeze)


def test_unplugged_in_a_window(simulate, device, sleep):
    _, port, server = simulate()

    def pull(seconds):
        server.unplug()
        return sleep(seconds)

    with device(port, speed=SPEED) as detector:
        began = time.monotonic()
        with pytest.raises(LinkLost, match=port):
            detector.count(100.0, pull)
        assert time.monotonic() - began < 1
