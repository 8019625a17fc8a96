"""Ticks of an axis of time: round local times, whatever the span."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scantrail.plots import Axis, Figure, Panel, Points, terminal
from scantrail.plots.dates import date_ticks
from scantrail.plots.extent import settled

START = datetime(2025, 1, 14, 9, 31, 7).astimezone()


def labels(span: timedelta, count: int = 6) -> list[str]:
    return [label for _, label in date_ticks(START.timestamp(), (START + span).timestamp(), count)]


@pytest.mark.parametrize(
    ("span", "first", "last"),
    [
        (timedelta(seconds=8), "09:31:08", "09:31:14"),
        (timedelta(minutes=5), "01-14 09:32", "01-14 09:36"),
        (timedelta(hours=6), "01-14 10:00", "01-14 15:00"),
        (timedelta(days=2), "01-14 12:00", "01-16 00:00"),
        (timedelta(days=5), "2025-01-15", "2025-01-19"),
        (timedelta(days=25), "2025-01-16", "2025-02-06"),
        (timedelta(days=170), "2025-02", "2025-07"),
        (timedelta(days=700), "2025-07", "2026-07"),
        (timedelta(days=3000), "2026", "2032"),
        (timedelta(days=300_000), "2200", "2800"),
    ],
)
def test_ticks_are_round(span, first, last):
    found = labels(span)
    assert (found[0], found[-1]) == (first, last)
    assert 2 <= len(found) <= 7


@given(st.floats(-6e10, 2.5e11), st.floats(0.0, 6e9), st.integers(1, 12))
def test_ticks_lie_in_the_span_and_ascend_and_are_never_many(low, span, count):
    places = [place for place, _ in date_ticks(low, low + span, count)]
    assert all(low <= place <= low + span for place in places)
    assert places == sorted(set(places))
    assert len(places) <= 2 * count + 2


def test_where_no_calendar_reaches_there_are_no_ticks():
    assert date_ticks(1e15, 2e15, 5) == ()
    assert date_ticks(-1e15, 2e15, 5) == ()


def test_ticks_are_local(monkeypatch):
    import time

    for zone in ("Asia/Tokyo", "America/New_York"):
        monkeypatch.setenv("TZ", zone)
        time.tzset()
        try:
            low = datetime(2025, 3, 1, tzinfo=UTC).timestamp()
            for place, label in date_ticks(low, low + 20 * 86_400, 6):
                local = datetime.fromtimestamp(place)
                assert (local.hour, local.minute) == (0, 0)
                assert label == f"{local:%Y-%m-%d}"
        finally:
            monkeypatch.undo()
            time.tzset()


def test_an_axis_of_time_has_a_day_around_a_lone_moment_and_dates_below():
    when = datetime(2025, 1, 14, 12, tzinfo=UTC).astimezone().timestamp()
    figure = Figure((Panel(Axis("date", scale="time"), Axis("noise", "e-"), (Points((when,), (1500.0,)),)),))
    low, high = settled(figure).panels[0].x.limits
    assert (when - low, high - when) == (43_200.0, 43_200.0)
    assert "01-14 " in terminal(figure, 80, 24)
    assert figure.document()["panels"][0]["x"]["scale"] == "time"
