import numpy as np
import pytest
from scipy.stats import poisson

from scantrail.errors import InputError
from scantrail.threshold.fit import poisson_bars
from scantrail.threshold.fit.curve import read_points, upper_limit


def test_points_are_sorted_and_repeats_stay():
    reading = read_points([310, 300, 305, 300], [1, 20, 5, 30], [10, 10, 10, 20])
    assert reading.curve.v.tolist() == [300, 300, 305, 310]
    assert reading.curve.n.tolist() == [20, 30, 5, 1]
    assert reading.curve.steps.tolist() == [300, 305, 310]
    assert reading.notes == ()


def test_losses_shorten_the_exposure():
    by_counts = read_points([300, 302], [90, 10], [10, 10], lost=[10, 0]).curve
    by_factor = read_points([300, 302], [90, 10], [10, 10], correction=[100 / 90, 1]).curve
    np.testing.assert_allclose(by_counts.exposure, [9.0, 10.0])
    np.testing.assert_allclose(by_counts.exposure, by_factor.exposure)
    assert read_points([300, 302], [90, 10], [10, 10], correction=1.25).curve.exposure.tolist() == [8.0, 8.0]


def test_what_says_nothing_is_left_out_with_a_note():
    reading = read_points([0, 300, 302, 1030, 304], [5, 5, 5, 5, 0], [10, 0, 10, 10, 10], lost=[0, 0, None, 0, 7])
    assert reading.curve.v.tolist() == [302]
    assert reading.notes == (
        "1 point without live time left out.",
        "2 points with a threshold outside 1-1023 left out.",
        "1 point whose events were all lost left out.",
        "Losses are unknown at 1 point and not corrected there.",
    )


def test_points_of_a_full_link_are_set_apart():
    reading = read_points([300, 302, 304], [290, 299, 100], [10, 10, 10], ceiling=32.0)
    assert reading.full.tolist() == [300, 302]
    assert reading.curve.v.tolist() == [304]


@pytest.mark.parametrize(
    ("columns", "word"),
    [
        (([300, 302], [1], [10, 10]), "one length"),
        (([300], [-1], [10]), "whole numbers"),
        (([300], [1.5], [10]), "whole numbers"),
        (([300], [np.nan], [10]), "whole numbers"),
        (([300], ["many"], [10]), "counts holds something that is not a number"),
        (([[300]], [1], [10]), "plain list"),
    ],
)
def test_what_is_no_table_of_counts_is_refused(columns, word):
    with pytest.raises(InputError, match=word):
        read_points(*columns)


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"correction": [0.5]}, "at least 1"),
        ({"correction": [np.nan]}, "at least 1"),
        ({"lost": [-1]}, "negative"),
        ({"lost": [1, 2]}, "one length"),
        ({"lost": [1], "correction": [1]}, "not both"),
        ({"ceiling": 0.0}, "ceiling"),
    ],
)
def test_bad_losses_are_refused(options, word):
    with pytest.raises(InputError, match=word):
        read_points([300], [1], [10], **options)


def test_zero_counts_give_a_limit_and_no_point():
    bars = poisson_bars([0, 1, 100], [10.0, 10.0, 10.0])
    assert bars.limit.tolist() == [True, False, False]
    assert bars.high[0] == pytest.approx(-np.log(0.05) / 10.0)
    assert bars.low[0] == 0.0
    np.testing.assert_allclose((bars.low[2], bars.high[2]), (9.0, 11.1), atol=0.11)


def test_bars_are_garwood_intervals():
    n = np.array([1, 4, 37])
    bars = poisson_bars(n, np.ones(3))
    np.testing.assert_allclose(poisson.sf(n - 1, bars.low), 0.1586555, rtol=1e-5)
    np.testing.assert_allclose(poisson.cdf(n, bars.high), 0.1586555, rtol=1e-5)
    assert poisson.cdf(3, upper_limit(3)) == pytest.approx(0.05)
