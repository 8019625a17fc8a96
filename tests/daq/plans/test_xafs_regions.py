from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scantrail.daq import Region, region_in
from scantrail.errors import InputError

E0 = 7112.0


def test_regions_in_words():
    assert region_in("-150:-20:5") == Region(-150.0, -20.0, 5.0)
    assert region_in("2.5k:12k:0.05k") == Region(2.5, 12.0, 0.05, unit="k")
    mixed = region_in("30:12k:0.05k")
    assert (mixed.stop, mixed.step, mixed.unit) == (12.0, 0.05, "k")
    assert mixed.start == pytest.approx(2.80607, abs=5e-6)
    assert region_in("30:12k:3").ends == pytest.approx((30.0, 548.637), abs=1e-3)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("0:1", "a region is START:STOP:STEP"),
        ("0:1:2:3", "a region is START:STOP:STEP"),
        ("", "a region is START:STOP:STEP"),
        ("0:one:1", '"0:one:1": "one" is no number'),
        ("0:k:1", '"k" is no number'),
        ("-20:12k:0.05k", "below the edge there is no k"),
    ],
)
def test_nonsense_in_words_is_refused(text, said):
    with pytest.raises(InputError) as refused:
        region_in(text)
    assert said in str(refused.value)


@given(st.text("0123456789.:-+ekaN ", max_size=20))
def test_any_words_are_a_region_or_refused(text):
    with suppress(ValueError):
        assert isinstance(region_in(text), Region)


def test_steps_in_k_are_even_in_k():
    region = Region(2.0, 12.0, npts=201, unit="k")
    energies = region.energies(E0)
    assert len(energies) == 201
    np.testing.assert_allclose(np.diff(np.sqrt(0.26246842 * (energies - E0))), 0.05, rtol=1e-9)
    assert region.actual_step == pytest.approx(0.05)
    assert energies[-1] == E0 + 144.0 / 0.26246842


def test_dwells_grow_with_k():
    region = Region(3.0, 12.0, 3.0, unit="k", k_weight=2.0)
    np.testing.assert_allclose(region.growth(region.energies(E0) - E0), [1.0, 4.0, 9.0, 16.0])
    assert Region(0.0, 9.0, 3.0).growth(np.arange(4.0)).tolist() == [1.0] * 4


def test_fields_are_checked():
    with pytest.raises(ValueError, match="valid number"):
        Region("1", 2.0, 1.0)
    with pytest.raises(ValueError, match="'eV' or 'k'"):
        Region(1.0, 2.0, 1.0, unit="keV")
    with pytest.raises(ValueError, match="finite"):
        Region(1.0, float("inf"), 1.0)
    assert Region(np.float64(1.0), np.float32(2.0), npts=np.int64(3)) == Region(1.0, 2.0, npts=3)
