import tomllib

from hypothesis import given
from hypothesis import strategies as st

from scantrail.station.lines import lines

TRICKY = '''\
# [not.a.section]
top = 1

[sensors.ch1] # why
id = 1
nsteps = """
[sensors.ch2]
id = 2
"""
center = [
  1,
  [2],
]
[ "motors" . 'x' ]
"pv" = "a = b"
dotted.key = { inner = 1 }
'''


def test_each_section_and_key_is_found_on_its_first_line():
    assert lines(TRICKY) == {
        ("top",): 2,
        ("sensors",): 4,
        ("sensors", "ch1"): 4,
        ("sensors", "ch1", "id"): 5,
        ("sensors", "ch1", "nsteps"): 6,
        ("sensors", "ch1", "center"): 10,
        ("motors",): 14,
        ("motors", "x"): 14,
        ("motors", "x", "pv"): 15,
        ("motors", "x", "dotted"): 16,
        ("motors", "x", "dotted", "key"): 16,
        ("motors", "x", "dotted", "key", "inner"): 16,
    }


def test_line_ends_of_windows_count_once():
    assert lines("[a]\r\nb = 1\r\n") == {("a",): 1, ("a", "b"): 2}


def test_characters_that_only_python_takes_for_line_ends_count_for_nothing():
    assert lines('a = "\u2028\x85"\nb = 1\n') == {("a",): 1, ("b",): 2}


NAMES = st.text("abcdef", min_size=1, max_size=3)


@given(st.dictionaries(NAMES, st.dictionaries(NAMES, st.integers() | st.booleans(), max_size=4), max_size=4))
def test_the_line_of_a_key_holds_the_key(sections):
    text = "\n".join(
        f"\n[{section}]\n" + "\n".join(f"{key} = {str(value).lower()}" for key, value in keys.items())
        for section, keys in sections.items()
    )
    assert tomllib.loads(text) == sections
    written = text.split("\n")
    found = lines(text)
    for section, keys in sections.items():
        assert written[found[section,] - 1] == f"[{section}]"
        for key in keys:
            assert written[found[section, key] - 1].startswith(f"{key} = ")
