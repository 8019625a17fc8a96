"""ADR-020: what goes wrong is skipped, told and counted."""

import pytest
from fake_detector import FakeDetector

from scantrail.errors import LinkLost, ThresholdRefused, ThresholdUnconfirmed
from scantrail.threshold import apply_threshold, run_parallel_threshold_scan, scan_parallel, take, write_threshold


def refusing(*wrong):
    """Refuse these (channel, value)."""
    return lambda channel, value, attempt: (
        ThresholdRefused(f"refused {channel}:{value}") if (channel, value) in wrong else None
    )


def test_clear_error_message(scan_config):
    result = run_parallel_threshold_scan(scan_config(), FakeDetector(refusing((2, 308))))
    assert result.errors == ["step 2 skipped: refused 2:308"]


def test_validation_called_before_scan(scan_config):
    detector = FakeDetector()
    with pytest.raises(ValueError, match="same number of steps"):
        run_parallel_threshold_scan(scan_config({1: 200, 2: 300}).with_options(nsteps="1:2;2:3"), detector)
    assert (detector.attempts, detector.windows) == ([], [])


def test_skipped_steps_tracked(scan_config, rows, record):
    detector = FakeDetector(refusing((1, 295), (3, 302)))
    result = run_parallel_threshold_scan(scan_config(), detector)
    assert result.success
    assert result.skipped_steps == [1, 4]
    assert [[int(row["threshold"]) for row in rows(path)] for path in result.files] == [
        [290, 300, 305],
        [298, 308, 313],
        [282, 292, 297],
    ]
    skipped = record(result.run).stream("skipped")
    assert list(skipped.rows()) == [
        {"point": 1, "channel": 1, "threshold": 295, "reason": "refused 1:295"},
        {"point": 4, "channel": 3, "threshold": 302, "reason": "refused 3:302"},
    ]
    # after a refusal the other channels of that step are not written
    assert (2, 303) not in detector.attempts


def test_error_messages_aggregated(scan_config):
    some = run_parallel_threshold_scan(scan_config(), FakeDetector(refusing((1, 290), (2, 308))))
    assert some.errors == ["step 0 skipped: refused 1:290", "step 2 skipped: refused 2:308"]


def test_error_messages_aggregated_when_nothing_was_measured(scan_config):
    every = [(1, value) for value in (290, 295, 300, 305, 310)]
    result = run_parallel_threshold_scan(scan_config(), FakeDetector(refusing(*every)))
    assert not result.success
    assert result.skipped_steps == [0, 1, 2, 3, 4]
    assert result.files == []
    assert result.errors[:5] == [f"step {i} skipped: refused 1:{value}" for i, (_, value) in enumerate(every)]
    assert result.errors[5].startswith("no step was measured")


def test_apply_threshold_retry_returns_bool():
    silent = FakeDetector(lambda channel, value, attempt: ThresholdUnconfirmed("silence"))
    assert apply_threshold(silent, 1, 300, max_retry=2) is False
    assert silent.attempts == [(1, 300)] * 2
    refused = FakeDetector(lambda channel, value, attempt: ThresholdRefused("no"))
    assert apply_threshold(refused, 1, 300) is False
    assert len(refused.attempts) == 1
    gone = FakeDetector(lambda channel, value, attempt: LinkLost("gone"))
    assert apply_threshold(gone, 1, 300) is False


def test_apply_threshold_never_raises_for_what_cannot_be_written(mock, scan_config):
    device = mock(scan_config())
    assert apply_threshold(device, 1, 1024) is False
    assert apply_threshold(device, 4, 300) is False
    assert apply_threshold(device, 1, 300, max_retry=0) is False
    device.disconnect()
    assert apply_threshold(device, 1, 300) is False


def test_apply_threshold_success_returns_true(mock, scan_config):
    device = mock(scan_config())
    assert apply_threshold(device, 1, 300) is True
    assert device.confirmed(1) == 300
    once_silent = FakeDetector(lambda channel, value, attempt: ThresholdUnconfirmed("silence") if attempt < 2 else None)
    assert apply_threshold(once_silent, 2, 310) is True


def test_a_silent_detector_is_given_up_after_three_steps(scan_config, plan_of, setting, record):
    silent_from = 7  # two good steps of three channels first

    def answer(channel, value, attempt):
        return ThresholdUnconfirmed(f"no reply for {channel}:{value}") if attempt >= silent_from else None

    detector = FakeDetector(answer)
    taken = take(plan_of("parallel", scan_config(nsteps=8)), detector, scan_parallel, setting())
    assert taken.status == "fail"
    assert taken.skipped == [2, 3, 4]
    assert len(detector.windows) == 2
    assert taken.errors == [
        f"step {step} skipped: no reply for 1:{260 + 5 * step} (3 attempts)" for step in taken.skipped
    ]
    assert taken.reasons[0] == "3 steps in a row were not confirmed, the scan ends: no reply for 1:280 (3 attempts)"
    assert [len(points) for points in taken.points.values()] == [2, 2, 2]
    assert record(taken.number).stop["exit_status"] == "fail"


def test_one_confirmed_step_among_silence_is_enough_to_go_on(scan_config, plan_of, setting):
    def answer(channel, value, attempt):
        return ThresholdUnconfirmed("silence") if channel == 1 and value not in (295, 310, 1023) else None

    taken = take(plan_of("parallel", scan_config(nsteps=3)), FakeDetector(answer), scan_parallel, setting())
    assert taken.status == "success"
    assert taken.skipped == [0, 1, 3, 4, 6]


def test_a_refusal_is_final_and_silence_is_tried_again():
    detector = FakeDetector(lambda channel, value, attempt: ThresholdUnconfirmed("silence") if attempt < 3 else None)
    write = write_threshold(detector, 1, 300, spacing=0.0)
    assert (write.status, write.attempts, write.exchange) == ("success", 3, "silence | silence | set 1 300 -> ok")
    assert (write.old, write.operation().old_threshold) == (0, 0)
    again = write_threshold(detector, 1, 310, spacing=0.0)
    assert (again.old, again.attempts, again.value) == (300, 1, 310)


def test_a_request_to_stop_ends_the_attempts():
    detector = FakeDetector(lambda channel, value, attempt: ThresholdUnconfirmed("silence"))
    write = write_threshold(detector, 1, 300, max_retry=5, wait=lambda seconds: "abort")
    assert (write.attempts, len(detector.attempts)) == (1, 1)
    assert isinstance(write.error, ThresholdUnconfirmed)
