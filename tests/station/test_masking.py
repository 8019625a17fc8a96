import pytest
from hypothesis import given
from hypothesis import strategies as st

from scantrail.station import mask
from scantrail.station.masking import masked


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("postgresql://user:secret@host/db", "postgresql://user:***@host/db"),
        ("postgresql+psycopg://user:p@ss/w:rd@host:5432/db", "postgresql+psycopg://user:***@host:5432/db"),
        ("redis://:secret@host", "redis://:***@host"),
        ("postgresql://host/db?user=me&password=secret&x=1", "postgresql://host/db?user=me&password=***&x=1"),
        ("host=h password = 'a secret' user=me", "host=h password = *** user=me"),
        ("https://host/?TOKEN=abc", "https://host/?TOKEN=***"),
        ("sqlite:////home/me/runs.db", "sqlite:////home/me/runs.db"),
        ("tcp://localhost:5064", "tcp://localhost:5064"),
        ("/home/me/runs.db", "/home/me/runs.db"),
        ("postgresql://me@host:5432/db", "postgresql://me@host:5432/db"),
    ],
)
def test_passwords_and_tokens_are_hidden_and_nothing_else(text, shown):
    assert mask(text) == shown


@given(
    st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=4).filter(lambda text: text not in "u:***@host/db")
)
def test_no_password_of_a_url_survives(password):
    assert password not in mask(f"postgresql://u:{password}@host/db")


def test_every_text_of_a_document_is_masked():
    assert masked({"a": ["x://u:p@h", 1, None], "b": {"c": ("token=1",)}}) == {
        "a": ["x://u:***@h", 1, None],
        "b": {"c": ["token=***"]},
    }
