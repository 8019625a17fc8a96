"""How the results of a run become the measurements of a test, and what the limits say of them."""

import pytest

from scantrail.acquire.quantities import measurements_of
from scantrail.errors import Refused
from scantrail.runs import Result
from scantrail.tracker import Component, TestResult, set_limit
from scantrail.tracker.run_tests import DEFAULT, RunTest, run_test

NAMES = {"threshold": "threshold", "mu": "center"}


def found(name: str, value: float | None, unit: str = "DAC", status: str = "OK") -> Result:
    return Result(name, value, 0.5, unit, status, "")


def test_channels_are_named_where_there_are_several() -> None:
    results = [found("ch1 mu", 300.0), found("ch2 mu", 308.0), found("ch2 chi", 1.0)]
    several = measurements_of(results, NAMES, {})
    assert several.values == {"center ch1": 300, "center_error ch1": 0.5, "center ch2": 308, "center_error ch2": 0.5}
    assert measurements_of(results, NAMES, {}, (2,)).values == {"center": 308.0, "center_error": 0.5}


def test_what_cannot_be_trusted_passes_no_limit() -> None:
    lacking = measurements_of([found("ch1 threshold", None), found("ch1 mu", 3.0, status="AT_EDGE")], NAMES, {})
    assert lacking.missing == ("threshold", "center")
    other = measurements_of([found("ch1 mu", 3.0, unit="mV")], NAMES, {"center": "DAC"})
    assert (other.values, other.missing) == ({}, ("center",))
    assert other.notes == ("center is left out: it was measured in mV, and is declared in DAC",)


@pytest.mark.parametrize(("second", "verdict"), [(310.0, True), (331.0, False)], ids=["within", "one channel outside"])
def test_a_limit_holds_for_every_channel_and_for_no_error(db, second, verdict) -> None:
    set_limit("module", "noise_test", "threshold", low=100, high=330, db=db)
    test = TestResult("M1", "noise_test", None, {"threshold ch1": 300.0, "threshold_error ch1": 1.0})
    test.measurements["threshold ch2"] = second
    test.save(db)
    assert test.measured is verdict


def test_a_limit_holds_for_no_other_quantity_that_begins_with_the_same_word(db) -> None:
    set_limit("module", "noise_test", "dark", high=10, db=db)
    test = TestResult("M1", "noise_test", None, {"dark current": 300.0, "dark ch of all": 11.0, "dark ch1x": 11.0})
    test.save(db)
    assert (test.measured, [each["units"] for each in TestResult.get_for_component("M1", db)]) == (None, [{}])
    seen = TestResult("M1", "noise_test", None, {"dark @BL02:DET:I0": 300.0})
    seen.save(db)
    assert seen.measured is False


def test_a_lacking_quantity_gives_no_verdict_but_a_breach_does(db) -> None:
    set_limit("module", "noise_test", "threshold", high=330, db=db)
    for value, verdict in ((300.0, None), (331.0, False)):
        test = TestResult("M1", "noise_test", None, {"threshold ch1": value}, missing=["threshold ch2"])
        test.save(db)
        assert test.measured is verdict


def test_a_kind_of_run_is_a_test_of_certain_types() -> None:
    assert run_test({}, "threshold_serial", "A", "anything") == DEFAULT["thresholds"]
    only = {"one": RunTest(("xafs",), "xafs_scan", {}, ("sample",))}
    with pytest.raises(Refused, match="kind xafs tests the types sample, and A is of the type layer"):
        run_test(only, "xafs", "A", "layer")
    assert run_test(only, "linear", "A", "sample") is None


def test_the_same_uuid_is_one_test(db) -> None:
    first = TestResult("M1", "noise_test", None, {"noise": 1.0})
    first.save(db)
    again = TestResult("M1", "noise_test", None, {"noise": 2.0}, uuid=first.uuid)
    assert again.save(db).event is None
    assert Component.get("M1", db) is not None
    assert [test["measurements"] for test in TestResult.get_for_component("M1", db)] == [{"noise": 1.0}]
