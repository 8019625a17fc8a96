import time
from collections.abc import Callable

import pytest

from scantrail.daq import PVDetector
from scantrail.errors import LinkError, ReplyTimeout, ThresholdRefused, ThresholdUnconfirmed, WindowError
from scantrail.sim import BeamlineFaults
from scantrail.station import Station
from scantrail.threshold import CountingDetector, HaniwersConfig, run_serial_threshold_scan

VTH, RATE = "BL02:DISC:CH{}:VTH", "BL02:DISC:CH{}:RATE"


def detector(client, *channels: int, **settings: object) -> PVDetector:
    each = channels or (1, 2, 3)
    return PVDetector(client, {n: VTH.format(n) for n in each}, {n: RATE.format(n) for n in each}, **settings)


def sleep(seconds: float) -> str:
    time.sleep(seconds)
    return "go"


def test_it_is_what_a_threshold_scan_asks_for(beamline) -> None:
    found = detector(beamline.client)
    assert isinstance(found, CountingDetector)
    assert (found.channels, found.limits, found.speed, found.name) == ((1, 2, 3), (1, 1023), 1.0, "sim://test")


def test_a_threshold_is_confirmed_by_reading_it_back(beamline) -> None:
    found = detector(beamline.client)
    assert found.confirmed(2) is None
    done = found.set_threshold(2, 300)
    assert done[:3] == (2, 300, 1)
    assert done.exchange == "BL02:DISC:CH2:VTH put 300, reads 300"
    assert found.confirmed(2) == 300


def test_counts_are_rates_times_time(fake) -> None:
    fake.values = {RATE.format(1): 100.0, RATE.format(2): 0.0}
    seen = detector(fake, 1, 2).count(0.05, sleep)
    assert seen.whole
    assert 0.045 < seen.live < 5  # the window may be late, its length is what was measured
    assert seen.stop - seen.start == pytest.approx(seen.live, abs=1e-6)
    assert seen.channels == {1: round(100 * seen.live), 2: 0}
    assert seen.events == sum(seen.channels.values())
    assert (seen.lost, dict(seen.patterns)) == (None, {})


def test_long_windows_are_read_in_slices(fake) -> None:
    waits: list[float] = []
    detector(fake, 1).count(0.9, lambda seconds: waits.append(seconds) or sleep(seconds))
    assert len(waits) >= 2
    assert max(waits) == 0.5


def test_a_halt_cuts_the_window(fake) -> None:
    seen = detector(fake, 1).count(60, lambda seconds: "halt")
    assert not seen.whole
    assert seen.live < 1


@pytest.mark.parametrize("value", [-5, 10**6])
def test_a_refused_threshold_is_final(beamline, value: int) -> None:
    found = detector(beamline.client)
    with pytest.raises(ThresholdRefused, match=f"channel 1 does not take {value}"):
        found.set_threshold(1, value)
    assert found.confirmed(1) is None


def test_what_reads_back_otherwise_is_not_confirmed(fake) -> None:
    fake.put = lambda pv, value, deadline: None
    with pytest.raises(ThresholdUnconfirmed, match=r"channel 1: BL02:DISC:CH1:VTH reads 0.0 instead of 300"):
        detector(fake).set_threshold(1, 300)


def test_silence_is_worth_another_try(make: Callable) -> None:
    found = detector(make(faults=BeamlineFaults(silent=0)).client, deadline=0.1)
    with pytest.raises(ThresholdUnconfirmed, match=r"channel 1 at 300: .* no answer"):
        found.set_threshold(1, 300)
    with pytest.raises(LinkError):
        found.set_threshold(1, 300)


def test_a_rate_that_cannot_be_read_means_no_counts(fake) -> None:
    fake.failing[RATE.format(1)] = "broken"
    with pytest.raises(WindowError, match="BL02:DISC:CH1:RATE gives no rate: broken"):
        detector(fake, 1).count(0.01, sleep)


def test_a_link_that_is_lost_is_told(fake) -> None:
    def lose(call: str) -> None:
        raise ReplyTimeout("fake:// is silent")

    fake.asked = lose
    with pytest.raises(ReplyTimeout):
        detector(fake, 1).count(0.01, sleep)


def test_a_threshold_scan_runs_on_it(beamline, tmp_path, root) -> None:
    sensors = {"ch1": {"id": 1, "center": 300, "nsteps": 2, "step_size": 5}}
    station = Station.model_validate(
        {"sensors": sensors, "sampler": {"duration": 0.05, "workspace": str(tmp_path)}, "device": {"settle": 0.0}}
    )
    result = run_serial_threshold_scan(HaniwersConfig.from_station(station), detector(beamline.client))
    assert result.success
    assert beamline.moves() == []
    orders = [order for order in beamline.asked("PUT") if order.startswith(VTH.format(1))]
    assert [int(order.rpartition(":")[2]) for order in orders][:5] == [290, 295, 300, 305, 310]
