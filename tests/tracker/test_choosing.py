"""Components by what is remembered of them, what fits a position, and who has passed what."""

from datetime import UTC, datetime

import pytest
from sample_databases import KINDS, fresh_database

from scantrail.errors import InputError
from scantrail.tracker import (
    Database,
    TestResult,
    add_component,
    assemble_module,
    fitting_components,
    install_component,
    search_components,
    set_limit,
    verdict_matrix,
)


@pytest.fixture(params=KINDS)
def filled(request, tmp_path):
    """A fresh database of each kind with three modules and a sensor."""
    with fresh_database(request.param, request) as url, Database(url, tmp_path / "test_data") as database:
        fill(database)
        yield database


def fill(db):
    for number, place in ((1, "Attic"), (2, "Cellar"), (3, "Attic")):
        add_component(f"M{number}", "module", {"location": place, "serial": f"10{number}", "notes": "100% _ok_"}, db=db)
    add_component("S1", "sensor", {"manufacturer": "HPK"}, db=db)


def ids(page):
    return [row["id"] for row in page.rows]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", ["M1", "M2", "M3", "S1"]),
        ("m", ["M1", "M2", "M3"]),
        ("attic m", ["M1", "M3"]),
        ("ATTIC 103", ["M3"]),
        ("hpk", ["S1"]),
        ("0%", ["M1", "M2", "M3"]),
        ("_ok_", ["M1", "M2", "M3"]),
        ("nobody", []),
        ("'; --", []),
        ("\0", ["M1", "M2", "M3", "S1"]),
    ],
)
def test_every_word_is_in_one_of_the_fields(filled, text, found):
    assert ids(search_components(filled, text)) == found


def test_a_page_of_what_is_found_and_how_many_there_are(filled):
    page = search_components(filled, kind="module", page=2, size=2)
    assert (ids(page), page.total, page.first) == (["M3"], 3, 2)
    assert ids(search_components(filled, "m", location="Cellar")) == ["M2"]
    assert ids(search_components(filled, status="spare")) == []


def test_what_fits_is_of_the_type_whole_and_may_be_installed(filled):
    add_component("M4", "module", {"status": "failed"}, db=filled)
    install_component("M1", "Layer0_top_axial", db=filled)
    assemble_module("M2", "S1", db=filled)
    assert ids(fitting_components(filled, "Layer0_top_stereo")) == ["M2", "M3"]
    assert ids(fitting_components(filled, "FEB3")) == []
    add_component("C1", "cable", {}, db=filled)
    assert ids(fitting_components(filled, "a hook on the wall")) == ["C1"]  # the sensor is a part


def test_the_matrix_tells_the_newest_verdict_and_what_is_missing(filled):
    def test(component, kind, passed, day, **values):
        one = TestResult(component, kind, passed, values)
        one.tested = datetime(2025, 1, day, tzinfo=UTC)
        one.save(filled)
        return one

    set_limit("module", "noise_test", "noise", high=2000.0, db=filled)
    set_limit("module", "calibration", required_for="spare", db=filled)
    test("M1", "noise_test", True, 2, noise=1500.0)
    test("M1", "noise_test", False, 1)
    test("M2", "noise_test", True, 1, noise=3000.0)
    test("M3", "noise_test", None, 1)
    wrong = test("M3", "iv_curve", True, 3)
    right = TestResult("M3", "iv_curve", False, supersedes=wrong.uuid, tested=datetime(2025, 1, 2, tzinfo=UTC))
    right.save(filled)
    test("M2", "visual", True, 1)
    found = verdict_matrix(filled, "module")
    assert found.tests == ("iv_curve", "noise_test", "calibration", "visual")
    assert found.required == {"iv_curve": ("qualified",), "noise_test": ("qualified",), "calibration": ("spare",)}
    assert {row["id"]: row["verdicts"] for row in found.rows} == {
        "M1": {"noise_test": "pass"},
        "M2": {"noise_test": "fail", "visual": "pass"},
        "M3": {"noise_test": "none", "iv_curve": "fail"},
    }
    lacking = verdict_matrix(filled, "module", lacking="noise_test", size=1, page=2)
    assert ([row["id"] for row in lacking.rows], lacking.total) == (["M3"], 2)
    with pytest.raises(InputError, match="no component type"):
        verdict_matrix(filled, "modul")
