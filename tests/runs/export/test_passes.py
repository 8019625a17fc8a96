"""Spectra whose energies were measured several times: their mean in files, and each pass by itself."""

import io

import h5py
import numpy as np
import pytest
from nexusformat.nexus import validate
from sample_scans import STATION, read_cut, take, without

from scantrail.daq import XAFSScanConfig, columns_worked_out, measured_of, read_xdi
from scantrail.runs import export_nexus, export_xdi, read, write_xdi

PLAN = XAFSScanConfig(
    energy_pv="energy",
    edge="Fe K",
    regions=["-60:-20:10", "-20:30:2", "30:6k:0.2k"],
    detectors=["i0", "it"],
    dwell_time=0.01,
    repeats=3,
)
ENERGIES = len(PLAN.generate_energies())


@pytest.fixture(scope="module")
def thrice(tmp_path_factory):
    return take(tmp_path_factory.mktemp("thrice"), PLAN)


def counted(record, key):
    """Readings by pass and energy."""
    return np.array(record.stream("primary").columns[key], dtype=float).reshape(3, ENERGIES)


def test_xdi_holds_each_energy_once_with_the_mean_of_its_readings(thrice, tmp_path):
    record = read(thrice)
    written = export_xdi([record], tmp_path / "run.xdi", columns_worked_out([record]))
    assert (written.points, written.passes, written.notices) == (ENERGIES, 3, ())
    found = read_xdi(tmp_path / "run.xdi")
    np.testing.assert_array_equal(found.axes[0].values, PLAN.generate_energies())
    i0, it = found.detectors
    np.testing.assert_allclose(i0.values, counted(record, "i0").mean(axis=0), rtol=1e-14)
    np.testing.assert_allclose(it.values, counted(record, "it").mean(axis=0), rtol=1e-14)
    (mu,) = (one for one in found.derived if one.role == "mutrans")
    np.testing.assert_allclose(mu.values, np.log(i0.values / (it.values - 2.5)), rtol=1e-12)
    assert (found.shape, found.notes) == ((ENERGIES,), ())
    assert "# Scantrail.passes: 3, averaged\n" in (tmp_path / "run.xdi").read_text()


def test_nexus_is_valid_and_has_each_pass_beside_the_mean(thrice, tmp_path):
    record = read(thrice)
    written = export_nexus([record], tmp_path / "run.nxs", columns_worked_out([record]))
    assert (written.points, written.passes) == (ENERGIES, 3)
    assert validate.validate_application(str(tmp_path / "run.nxs")) == (0, 0)
    with h5py.File(tmp_path / "run.nxs") as file:
        assert file["entry/data/intensity"].shape == (ENERGIES,)
        passes = file["entry/passes/data"]
        np.testing.assert_array_equal(passes["energy"], PLAN.generate_energies())
        np.testing.assert_array_equal(passes["i0"], counted(record, "i0"))
        assert passes["mutrans"].shape == passes["time"].shape == (3, ENERGIES)
        assert np.all(np.diff(passes["time"][()].ravel()) > 0)


def test_a_scan_that_ended_in_a_later_pass_has_the_mean_of_what_there_is(thrice, tmp_path):
    record = read_cut(thrice, 2 * ENERGIES + 5)
    file = io.StringIO()
    written = write_xdi([record], file, columns_worked_out([record]))
    assert written.points == ENERGIES
    assert written.notices == (f"{ENERGIES - 5} energies have readings of fewer than 3 passes",)
    export_nexus([record], tmp_path / "run.nxs", columns_worked_out([record]))
    with h5py.File(tmp_path / "run.nxs") as nexus:
        assert np.sum(np.isnan(nexus["entry/passes/data/i0"][2])) == ENERGIES - 5


def test_in_the_first_pass_only_what_was_reached_is_there(thrice):
    file = io.StringIO()
    written = write_xdi([read_cut(thrice, 5)], file)
    assert (written.points, written.notices[0]) == (5, "5 energies have readings of fewer than 3 passes")


def test_a_detector_that_failed_in_one_pass_is_left_out_of_the_mean_with_its_partner(thrice):
    record = without(read(thrice), "it", [ENERGIES + 3])
    file = io.StringIO()
    written = write_xdi([record], file)
    assert written.notices == ("1 energy has readings of fewer than 3 passes",)
    row = np.loadtxt(io.StringIO(file.getvalue()))[3]
    assert row[1] == pytest.approx(counted(read(thrice), "i0")[[0, 2], 3].mean())


def test_one_that_failed_in_every_pass_leaves_its_energy_out(thrice):
    record = without(read(thrice), "it", [3, ENERGIES + 3, 2 * ENERGIES + 3])
    written = write_xdi([record], io.StringIO())
    assert (written.points, written.notices) == (
        ENERGIES - 1,
        (f"1 of {ENERGIES} points has no itrans or mutrans and is left out",),
    )


def test_what_is_judged_of_the_mean_is_what_is_judged_of_the_run(thrice, tmp_path):
    from scantrail.daq import judge_spectrum

    record = read(thrice)
    export_xdi([record], tmp_path / "run.xdi", columns_worked_out([record]))
    mean, whole = judge_spectrum(read_xdi(tmp_path / "run.xdi")), judge_spectrum(measured_of([record]))
    assert mean.e0.energy == pytest.approx(whole.e0.energy, abs=0.05)
    assert STATION.detectors["it"].dark == 2.5
