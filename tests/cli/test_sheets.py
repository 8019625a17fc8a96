"""The tables of live views, from the documents of a run."""

from io import StringIO

import pytest

from scantrail.acquire import Order, simulated, start
from scantrail.cli.sheets import ScanSheet
from scantrail.cli.view import LiveView
from scantrail.daq import LinearScanConfig
from scantrail.runs import documents
from scantrail.station import Station

X, I0 = "BL02:SAMPLE:X", "BL02:DET:I0"


@pytest.fixture
def scan():
    station = Station.model_validate({"motors": {"x": {"pv": X, "units": "um"}}, "detectors": {"i0": {"pv": I0}}})
    plan = LinearScanConfig(motor="x", start=0, stop=2, steps=3, detectors=["i0"], dwell_time=0.001)
    return Order(plan, simulated(station))


@pytest.fixture
def sheet(scan):
    told = dict(reversed([*documents(start(scan).directory)]))
    made = ScanSheet()
    made.begin(told["start"], told["descriptor"])
    return made


def test_readbacks_and_readings_come_first(sheet):
    assert sheet.headings() == ["x\n[um]", "i0", "x\nsetpoint\n[um]", "point"]
    assert sheet.cells({"x": 1.5, "i0": 1234567.0, "x_setpoint": 1.5, "point": 3}) == ["1.5", "1.23457e+06", "1.5", "3"]
    assert sheet.pending() == []


def test_only_what_fits_is_shown(scan, monkeypatch):
    monkeypatch.setenv("COLUMNS", "30")
    told = dict(reversed([*documents(start(scan).directory)]))
    narrow = ScanSheet()
    narrow.begin(told["start"], told["descriptor"])
    assert narrow.headings() == ["x\n[um]", "i0"]
    assert narrow.cells({"x": 1.0, "i0": None, "x_setpoint": 1.0, "point": 0}) == ["1", ""]


def test_it_draws_what_was_measured(sheet):
    assert ScanSheet().figure([]) is None
    rows = [{"point": i, "x": x, "x_setpoint": x, "i0": y} for i, (x, y) in enumerate([(0.0, 5.0), (1.0, None)])]
    figure = sheet.figure(rows)
    assert figure.panels[0].x.text == "x [um]"
    assert figure.panels[0].elements[-1].y == (5.0, None)


def test_a_view_follows_its_run(scan):
    from rich.console import Console

    view = LiveView(scan, ScanSheet(), 1.0, plot=True)
    start(scan, view.watch)
    view.join()
    console = Console(width=80, height=60, file=StringIO())
    console.print(view)
    text = console.file.getvalue()
    assert "3 of 3 points" in text
    assert "x [um]" in text  # the plot's axis


STATION = {
    "detectors": {"i0": {"pv": I0, "ceiling": 10.0}, "it": {"pv": "BL02:DET:IT"}},
    "columns": {"mu": "ln(i0 / it)", "odd": "i0 / nothing"},
}


def test_derived_columns_and_ceilings_are_seen_while_it_runs():
    plan = LinearScanConfig(motor=X, start=0, stop=2, steps=3, detectors=["i0", "it"], dwell_time=0.001)
    told = dict(reversed([*documents(start(Order(plan, simulated(Station.model_validate(STATION)))).directory)]))
    sheet = ScanSheet()
    sheet.begin(told["start"], told["descriptor"])
    assert sheet.headings()[:4] == [X, "i0", "it", "mu"]
    row = {"point": 0, X: 0.0, f"{X}_setpoint": 0.0, "i0": 100.0, "it": 10.0}
    assert sheet.cells(row)[3] == "2.30259"
    assert sheet.cells(row | {"it": None})[2:4] == ["", ""]
    assert sheet.warnings() == []
    for reading in (100.0, 10.0, 9.0, None):
        sheet.note("primary", row | {"i0": reading})
    assert sheet.warnings() == ["i0 is at its ceiling: 2 points so far"]
    assert [panel.y.label for panel in sheet.figure([row]).panels] == ["i0", "it", "mu"]
