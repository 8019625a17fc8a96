import re

import pytest

from scantrail.station import EXAMPLE, Station, read_station

WHOLE = re.sub(r"(?m)^#(?=[a-z\[])", "", EXAMPLE)


def test_the_example_says_the_defaults():
    station = read_station(EXAMPLE)
    assert station == Station()
    assert station.notices() == ()


def test_the_example_loads_with_every_line_uncommented():
    station = read_station(WHOLE)
    assert station.motors["x"].pv == "BL02:SAMPLE:X"
    assert station.crystal is not None
    assert station.crystal.d_spacing == 3.1356
    assert station.database.profile == "osechi"


@pytest.mark.parametrize("section", [*Station.model_fields])
def test_the_example_names_every_key_that_is_of_use(section):
    written = read_station(WHOLE)
    kind = getattr(written, section)
    for held in [*kind.values()] if isinstance(kind, dict) else [kind]:
        if isinstance(held, str):
            continue
        fields = type(held).model_fields
        useful = {
            key for key, field in fields.items() if not (field.description or "").startswith(("without", "deprec"))
        }
        # one sensor and one detector show the rarer keys
        missing = useful - held.model_fields_set - {"threshold_pv", "rate_pv"}
        assert not missing or any(missing <= other.model_fields_set for other in kind.values())
