import pytest
from hypothesis import given
from hypothesis import strategies as st

from scantrail.errors import InputError
from scantrail.threshold.channels import parse_per_channel, parse_thresholds

THRESHOLDS = st.dictionaries(st.integers(1, 3), st.integers(1, 1023), min_size=1)
STEPS = st.dictionaries(st.integers(1, 3), st.integers(1, 1022), min_size=1)
SPACE = st.sampled_from(["", " ", "  ", "\t"])


@st.composite
def spelled(draw, values):
    pairs = draw(values)
    text = ";".join(f"{draw(SPACE)}{channel}{draw(SPACE)}:{draw(SPACE)}{value}" for channel, value in pairs.items())
    return text, pairs


@given(spelled(THRESHOLDS))
def test_thresholds_are_read_as_written(case):
    text, pairs = case
    assert list(parse_thresholds(text).items()) == list(pairs.items())


@given(spelled(STEPS))
def test_values_per_channel_are_read_as_written(case):
    text, pairs = case
    assert parse_per_channel(text, (1, 2, 3), "--nsteps") == pairs


@given(st.integers(1, 1022), st.sets(st.integers(1, 3), min_size=1))
def test_one_value_is_for_all_channels(value, channels):
    assert parse_per_channel(f" {value} ", sorted(channels), "--step") == dict.fromkeys(channels, value)


@given(st.text(st.sampled_from("0123456789:;-+._ex ٣²\n"), max_size=12) | st.text(max_size=12))
def test_any_text_is_read_or_refused_in_one_line(text):
    for parse in (parse_thresholds, lambda text: parse_per_channel(text, (1, 3), "--nsteps")):
        try:
            values = parse(text)
        except InputError as error:
            assert "\n" not in str(error)
            assert not str(error).endswith(".")
        else:
            assert values
            assert set(values) <= {1, 2, 3}
            assert all(1 <= value <= 1023 for value in values.values())


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("", 'such as "1:200;2:300"'),
        (" ", 'such as "1:200;2:300"'),
        ("1:", 'such as "1:200;2:300"'),
        (":200", 'such as "1:200;2:300"'),
        ("1", 'such as "1:200;2:300"'),
        ("1:200;", 'such as "1:200;2:300"'),
        ("1:200,2:300", "must be a whole number 1-1023"),
        ("1:200;1:300", "channel 1 must stand only once"),
        ("0:200", 'channel "0" must be one of 1, 2, 3'),
        ("4:200", 'channel "4" must be one of 1, 2, 3'),
        ("top:200", 'channel "top" must be one of 1, 2, 3'),
        ("1:0", '"0" for channel 1 must be a whole number 1-1023'),
        ("1:1024", '"1024" for channel 1 must be a whole number 1-1023'),
        ("1:-5", "whole number 1-1023"),
        ("1:+5", "whole number 1-1023"),
        ("1:2e2", "whole number 1-1023"),
        ("1:2_0", "whole number 1-1023"),
        ("1:200.0", "whole number 1-1023"),
        ("1:nan", "whole number 1-1023"),
        ("1:٣٠٠", "whole number 1-1023"),
        ("1:" + "9" * 5000, "whole number 1-1023"),
    ],
)
def test_a_bad_threshold_is_refused_with_what_would_be_right(text, right):
    with pytest.raises(InputError) as refusal:
        parse_thresholds(text)
    assert str(refusal.value).startswith("--thresholds ")
    assert right in str(refusal.value)
    assert len(str(refusal.value)) < 250
    assert refusal.value.exit_code == 2


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("", "whole number 1-1022"),
        ("0", "whole number 1-1022"),
        ("-1", "whole number 1-1022"),
        ("1023", "whole number 1-1022"),
        ("8.0", "whole number 1-1022"),
        ("1:0", '"0" for channel 1 must be a whole number 1-1022'),
        ("3:8", 'channel "3" must be one of 1, 2'),
        ("1:8;1:8", "channel 1 must stand only once"),
        ("8;9", 'such as "1:8;2:10"'),
    ],
)
def test_a_bad_number_of_steps_is_refused_with_what_would_be_right(text, right):
    with pytest.raises(InputError) as refusal:
        parse_per_channel(text, (1, 2), "--nsteps")
    assert str(refusal.value).startswith("--nsteps ")
    assert right in str(refusal.value)
