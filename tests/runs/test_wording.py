"""Runs in words: a plan as lines that a person reads."""

from scantrail.runs import plan_lines


def test_nested_parts_of_a_plan_are_lines_of_their_own_and_what_is_not_said_is_left_out():
    plan = {
        "type": "xafs",
        "regions": [
            {"start": -20.0, "stop": 30.0, "step": 0.5, "npts": None, "unit": "eV", "dwell": None},
            {"start": 2.8, "stop": 12.0, "step": 0.05, "npts": None, "unit": "k", "dwell": 0.5},
        ],
        "detectors": ["i0", "it"],
        "dwell_time": 0.1,
        "descending": False,
        "snake": True,
        "rest": [None, None],
        "start": 0,
    }
    assert list(plan_lines(plan)) == [
        "region 1: start -20, stop 30, step 0.5, unit eV",
        "region 2: start 2.8, stop 12, step 0.05, unit k, dwell 0.5 s",
        "detectors i0, it; dwell time 0.1 s; snake; start 0",
    ]
