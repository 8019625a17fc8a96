import json

import pytest

from scantrail.acquire.kinds import KINDS, kind_of
from scantrail.daq import PLANS
from scantrail.errors import RunError
from scantrail.threshold import HaniwersConfig, parallel_plan, serial_plan


@pytest.mark.parametrize("plan", [serial_plan(HaniwersConfig()), parallel_plan(HaniwersConfig())])
def test_a_plan_comes_back_through_its_kind(plan):
    assert kind_of(plan.kind).plan(json.loads(json.dumps(plan.document()))) == plan


def test_a_kind_of_a_later_version_is_refused_by_name():
    with pytest.raises(
        RunError, match="does not know runs of the kind 'tomography', only threshold_serial, threshold_parallel, linear"
    ):
        kind_of("tomography")
    assert [*KINDS] == ["threshold_serial", "threshold_parallel", *PLANS]
