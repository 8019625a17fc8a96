import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scantrail.errors import InputError
from scantrail.threshold.fit import Accidentals, Status, fit_curve
from scantrail.threshold.fit.result import Estimate

LIVE = np.full(21, 10.0)


def estimates(fit):
    return (fit.mu, fit.sigma, fit.amplitude, fit.plateau, fit.slope, *fit.recommended)


def numbers(estimate: Estimate):
    return [x for x in (estimate.value, estimate.error, *estimate.interval, *estimate.interval95) if x is not None]


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_any_counts_give_a_result_with_a_status(data):
    points = data.draw(st.integers(0, 30))
    size = data.draw(st.sampled_from([3, 50, 10**4, 10**9]))
    v = data.draw(st.lists(st.integers(-5, 1100), min_size=points, max_size=points))
    n = data.draw(st.lists(st.integers(0, size), min_size=points, max_size=points))
    live = data.draw(st.lists(st.sampled_from([0.0, 1e-3, 1.0, 10.0, 3600.0]), min_size=points, max_size=points))
    lost = data.draw(st.none() | st.lists(st.none() | st.integers(0, size), min_size=points, max_size=points))
    positive = st.floats(1e-9, 1e6)
    options = {
        "lost": lost,
        "family": data.draw(st.sampled_from(["auto", "erfc", "rice"])),
        "ceiling": data.draw(st.none() | st.floats(0.1, 1e6)),
        "accidentals": data.draw(st.none() | st.builds(Accidentals, st.tuples(positive), positive, positive)),
    }
    check(fit_curve(v, n, live, **options))


@settings(max_examples=300, deadline=None)
@given(
    v=st.lists(st.integers(1, 1023), min_size=6, max_size=25, unique=True),
    rate=st.floats(0.0, 1e5),
    place=st.floats(0, 1023),
    width=st.floats(0.1, 200),
    plateau=st.floats(0, 50),
    seed=st.integers(0, 2**16),
)
def test_any_edge_gives_a_result_with_a_status(v, rate, place, width, plateau, seed):
    mean = rate / (1.0 + np.exp(np.clip((np.array(v) - place) / width, -50, 50))) + plateau
    check(fit_curve(v, np.random.default_rng(seed).poisson(mean), np.ones(len(v))))


def check(fit):
    assert fit.status in Status
    assert (fit.sentence[0].isupper() or fit.sentence[0].isdigit()) and fit.sentence.endswith(".")
    assert "nan" not in fit.sentence
    assert (fit.advice is None) or fit.status is Status.OK
    for estimate in estimates(fit):
        assert np.all(np.isfinite(numbers(estimate)))
        # an edge may be well measured where no threshold above it can be set
        allowed = {fit.status, Status.OUT_OF_RANGE} | ({Status.OK} if fit.status is Status.OUT_OF_RANGE else set())
        assert estimate.value is None or estimate.status in allowed
        low, high = estimate.interval
        if low is not None and high is not None:
            assert low <= high
    if fit.covariance is not None:
        assert np.all(np.isfinite(fit.covariance))
        assert np.isfinite(fit.deviance)
        assert 0.0 <= fit.p_value <= 1.0
    if fit.status is Status.OK:
        assert fit.mu.closed
        assert fit.sigma.closed


@pytest.mark.parametrize("rice", [False, True])
def test_expected_counts_give_the_truth_back(channel, grid, rice):
    truth = channel(rice=rice, mu=296.0, amplitude=4000.0, plateau=200.0)
    fit = fit_curve(grid, truth.expected(grid), LIVE)
    assert fit.status is Status.OK
    assert fit.family == ("rice" if rice else "erfc")
    assert fit.mu.value == pytest.approx(296.0, abs=0.02)
    assert fit.sigma.value == pytest.approx(3.5, abs=0.02)
    assert fit.amplitude.value == pytest.approx(4000.0, rel=0.01)
    assert fit.plateau.value == pytest.approx(200.0, rel=0.01)
    assert fit.slope.value is None


def test_a_falling_plateau_is_found(channel):
    v = np.arange(280.0, 400.0, 4.0)
    truth = channel(slope=0.01, plateau=20.0, amplitude=200.0)
    fit = fit_curve(v, truth.counts(v, 30.0), np.full(len(v), 30.0))
    assert fit.status is Status.OK
    assert "falling" in fit.model
    low, high = fit.slope.interval95
    assert low < 0.01 < high
    assert fit.covariance[4, 4] > 0.0


def test_order_and_splitting_of_points_do_not_matter(channel, grid):
    n = channel().counts(grid)
    straight = fit_curve(grid, n, LIVE, family="erfc")
    order = np.random.default_rng(4).permutation(len(grid))
    mixed = fit_curve(grid[order], n[order], LIVE, family="erfc")
    assert mixed.mu == straight.mu
    half = n // 2
    split = fit_curve([*grid, *grid], [*half, *(n - half)], [*(LIVE / 2), *(LIVE / 2)], family="erfc")
    assert split.mu.value == pytest.approx(straight.mu.value, abs=1e-3)
    assert split.sigma.error == pytest.approx(straight.sigma.error, rel=1e-2)
    assert split.points == 42


def test_losses_are_corrected(channel, grid):
    truth = channel(amplitude=200.0)
    seen = truth.expected(grid)
    recorded = np.round(seen / (1.0 + 2e-3 * seen / 10.0))
    plain = fit_curve(grid, recorded, LIVE)
    corrected = fit_curve(grid, recorded, LIVE, lost=seen - recorded)
    assert corrected.amplitude.value == pytest.approx(200.0, rel=0.01)
    assert plain.amplitude.value < 160.0


def test_the_curve_can_be_drawn_apart(channel, grid):
    fit = fit_curve(grid, channel().counts(grid), LIVE)
    edge, plateau = fit.curve([fit.mu.value, 400.0])
    assert edge[0] == pytest.approx(fit.amplitude.value)
    assert edge[1] == pytest.approx(0.0, abs=1e-12)
    np.testing.assert_allclose(plateau, fit.plateau.value)
    assert fit_curve([300], [1], [1.0]).curve([300]) is None


def test_families_that_fit_alike_are_named(channel):
    v = np.arange(304.0, 340.0, 2.0)
    fit = fit_curve(v, channel().counts(v), np.full(len(v), 10.0))
    assert any("fits as well" in note for note in fit.notes)


def test_text_where_a_number_belongs_is_refused():
    with pytest.raises(InputError, match="threshold holds something"):
        fit_curve(["300", "three"], [1, 2], [1.0, 1.0])


def test_pulls_and_coverage_over_simulated_scans(channel):
    rng = np.random.default_rng(20240)
    pulls, inside, wrong = [], [], 0
    scans = 250
    for seed in range(scans):
        truth = channel(
            float(np.exp(rng.uniform(np.log(3), np.log(80)))),
            float(rng.uniform(285, 325)),
            float(np.exp(rng.uniform(np.log(1.5), np.log(7))) / np.sqrt(2)),
            float(rng.uniform(0.3, 2.0)),
        )
        v = np.round(truth.mu + rng.uniform(-3, 3) + 4.0) + 2.0 * np.arange(-10, 11)
        fit = fit_curve(v, truth.counts(v, seed=[seed, 5]), LIVE, family="erfc")
        place = truth.mu + 3.0 * np.sqrt(2.0) * truth.sigma
        judged = fit.recommendation("b+3c")
        wrong += abs(judged.value - place) > 3.0
        if fit.status is not Status.OK:
            continue
        errors = np.sqrt(np.diag(fit.covariance))
        pulls.append([(fit.mu.value - truth.mu) / errors[1], (fit.sigma.value - truth.sigma) / errors[2]])
        inside.append([low <= place <= high for low, high in (judged.interval, judged.interval95)])
    assert wrong / scans < 0.06
    assert len(pulls) > 0.9 * scans
    np.testing.assert_allclose(np.std(pulls, axis=0), 1.0, atol=0.1)
    np.testing.assert_allclose(np.mean(inside, axis=0), [0.683, 0.95], atol=0.06)
