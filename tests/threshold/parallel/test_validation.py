"""ADR-020: channels that cannot step together are refused before anything happens."""

import pytest
from fake_detector import FakeDetector

from scantrail.errors import UnequalStepsError
from scantrail.station import data_root
from scantrail.threshold import run_parallel_threshold_scan, run_serial_threshold_scan


@pytest.fixture
def unequal(scan_config):
    config = scan_config({1: 200, 2: 300})
    return config.with_options(nsteps="1:10;2:9")


def test_matched_nsteps_passes(scan_config):
    assert run_parallel_threshold_scan(scan_config(nsteps=1), FakeDetector()).success


def test_mismatched_nsteps_fails(unequal):
    with pytest.raises(ValueError, match="all channels to have same number of steps"):
        run_parallel_threshold_scan(unequal, FakeDetector())


def test_error_message_shows_breakdown(unequal):
    with pytest.raises(UnequalStepsError, match=r"Got: \{1: 21, 2: 19\}\. .*\[sensors\.ch2\] nsteps = 10 \(now 9\)"):
        run_parallel_threshold_scan(unequal, FakeDetector())


def test_validation_not_called_for_serial(unequal):
    detector = FakeDetector()
    assert run_serial_threshold_scan(unequal, detector).success
    assert len(detector.windows) == 21 + 19


def test_nothing_is_written_when_refused(unequal, tmp_path):
    detector = FakeDetector()
    with pytest.raises(UnequalStepsError):
        run_parallel_threshold_scan(unequal, detector)
    assert detector.attempts == []
    assert not (data_root() / "runs").exists()
    assert list(tmp_path.iterdir()) == []
