import pytest

from scantrail.daq import bragg_angle


@pytest.mark.parametrize(
    ("energy", "d_spacing", "angle"),
    [(7112.0, 3.13560, 16.1377), (7112.0, 1.63751, 32.1609), (20000.0, 3.13560, 5.6731), (12398.42 / 2, 1.0, 90.0)],
)
def test_an_energy_is_an_angle_of_the_crystal(energy: float, d_spacing: float, angle: float) -> None:
    assert bragg_angle(energy, d_spacing) == pytest.approx(angle, abs=0.05)


def test_an_energy_that_no_angle_reflects() -> None:
    assert bragg_angle(1900.0, 3.13560) is None
