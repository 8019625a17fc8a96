"""Fit 5,000 simulated counting curves and say how often the answer is wrong, and how often it is wrong and confident.

Truth a erfc((v - b) / c) + d; judged is b + 3c, beside a least-squares fit of the released client's kind and the
Cramer-Rao bound. Run: python benchmarks/fit.py [--scans 5000] [--seed 20240] [--processes 2]
"""

import argparse
import os
import time
import warnings
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from scipy.optimize import OptimizeWarning, curve_fit
from scipy.special import erfc, erfcinv
from scipy.stats import norm

from scantrail.threshold.fit import Fit, fit_curve

DWELL = 10.0
WRONG = 3.0
CONFIDENT = 1.5
JUDGED = ("mu", "sigma", "amplitude", "plateau", "mu+3sigma", "mu+5sigma", "b+3c", "noise=1%")
PULLED = ("mu", "sigma", "amplitude", "plateau")
COVARIANCE_ROW = {"amplitude": 0, "mu": 1, "sigma": 2, "plateau": 3}


@dataclass(frozen=True)
class Truth:
    a: float
    b: float
    c: float
    d: float
    v: np.ndarray
    n: np.ndarray

    @property
    def values(self) -> dict[str, float]:
        s = self.c / np.sqrt(2.0)
        noise = self.b + self.c * erfcinv(0.01 * self.d / self.a)
        return {
            "mu": self.b, "sigma": s, "amplitude": self.a, "plateau": self.d, "mu+3sigma": self.b + 3 * s,
            "mu+5sigma": self.b + 5 * s, "b+3c": self.b + 3 * self.c, "noise=1%": noise,
        }  # fmt: skip


@dataclass
class Row:
    status: str
    off: float
    error: float
    bound: float
    plain: dict[str, tuple[float, float]]
    inside: dict[str, tuple[bool, bool]] = field(default_factory=dict)
    pulls: dict[str, float] = field(default_factory=dict)


def draw(rng: np.random.Generator) -> Truth:
    a = float(np.exp(rng.uniform(np.log(3.0), np.log(80.0))))
    b = float(rng.uniform(285.0, 325.0))
    c = float(np.exp(rng.uniform(np.log(1.5), np.log(7.0))))
    d = float(rng.uniform(0.3, 2.0))
    v = np.round(b + rng.uniform(-3.0, 3.0) + 4.0) + 2.0 * np.arange(-10, 11)
    return Truth(a, b, c, d, v, rng.poisson((a * erfc((v - b) / c) + d) * DWELL))


def bound(truth: Truth) -> float:
    """Cramer-Rao bound of b + 3c [DAC]: inverse Fisher information of (a, b, c, d) at the truth."""
    z = (truth.v - truth.b) / truth.c
    bell = 2.0 / np.sqrt(np.pi) * np.exp(-z * z) * truth.a / truth.c
    gradient = np.stack([erfc(z), bell, bell * z, np.ones_like(z)], axis=1)
    mean = truth.a * erfc(z) + truth.d
    direction = np.array([0.0, 1.0, 3.0, 0.0])
    return float(np.sqrt(direction @ np.linalg.solve((gradient / mean[:, None]).T @ gradient * DWELL, direction)))


def least_squares(truth: Truth, start: list[float]) -> tuple[float, float]:
    """b + 3c and its claimed error by plain least squares on rates, fitted twice like the released client; nan if it
    fails."""

    def model(x, a, b, c, d):
        return a * erfc((x - b) / c) + d

    rate = truth.n / DWELL
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", OptimizeWarning)
        warnings.simplefilter("ignore", RuntimeWarning)
        try:
            first, _ = curve_fit(model, truth.v, rate, p0=start, maxfev=10000)
            best, covariance = curve_fit(model, truth.v, rate, p0=first, maxfev=10000)
        except RuntimeError:
            return np.nan, np.nan
        direction = np.array([0.0, 1.0, 3.0, 0.0])
        return float(best[1] + 3.0 * best[2]), float(np.sqrt(abs(direction @ covariance @ direction)))


def judge(fit: Fit, truth: Truth) -> Row:
    values = truth.values
    estimates = {e.name: e for e in (fit.mu, fit.sigma, fit.amplitude, fit.plateau, *fit.recommended)}
    judged = estimates.get("b+3c")
    off = np.inf if judged is None or judged.value is None else judged.value - values["b+3c"]
    error = np.inf if judged is None or judged.error is None else judged.error
    starts = {
        "released start (10, 300, 1, 1)": [10.0, 300.0, 1.0, 1.0],
        "start (max, centre, 1, min)": [truth.n.max() / DWELL, truth.v.mean(), 1.0, truth.n.min() / DWELL],
    }  # fmt: skip
    plain = {name: least_squares(truth, start) for name, start in starts.items()}
    plain = {name: (at - values["b+3c"], error) for name, (at, error) in plain.items()}
    row = Row(str(fit.status), off, error, bound(truth), plain)
    for name in JUDGED:
        estimate = estimates.get(name)
        if estimate is None or estimate.value is None:
            continue
        row.inside[name] = tuple(
            (low is None or low <= values[name]) and (high is None or values[name] <= high)
            for low, high in (estimate.interval, estimate.interval95)
        )
        if name in PULLED and fit.covariance is not None:
            variance = fit.covariance[COVARIANCE_ROW[name], COVARIANCE_ROW[name]]
            row.pulls[name] = (estimate.value - values[name]) / np.sqrt(variance)
        elif estimate.error:
            row.pulls[name] = (estimate.value - values[name]) / estimate.error
    return row


def chunk(seed: list[int], scans: int) -> tuple[list[Row], float]:
    rng = np.random.default_rng(seed)
    truths = [draw(rng) for _ in range(scans)]
    live = np.full(21, DWELL)
    begun = time.perf_counter()
    fits = [fit_curve(truth.v, truth.n, live, family="erfc") for truth in truths]
    spent = time.perf_counter() - begun
    return [judge(fit, truth) for fit, truth in zip(fits, truths, strict=True)], spent


def speed(seed: int) -> tuple[float, float]:
    """Seconds for three channels with every model tried, and for three plain least-squares fits."""
    rng = np.random.default_rng(seed)
    truths = [draw(rng) for _ in range(3)]
    ours, plain = [], []
    for _ in range(5):
        begun = time.perf_counter()
        for truth in truths:
            fit_curve(truth.v, truth.n, np.full(21, DWELL))
        ours.append(time.perf_counter() - begun)
        begun = time.perf_counter()
        for truth in truths:
            least_squares(truth, [10.0, 300.0, 1.0, 1.0])
        plain.append(time.perf_counter() - begun)
    return min(ours), min(plain)


def choice(seed: int, scans: int) -> dict[str, tuple[float, float, float]]:
    """Of each true family: share chosen rightly, share OK, and share of OK whose noise=1 % is off by more than 3
    DAC."""
    rng = np.random.default_rng([seed, 77])
    found = {}
    for family in ("erfc", "rice"):
        right, fine, off = 0, 0, 0
        for _ in range(scans):
            t = draw(rng)
            s = t.c / np.sqrt(2.0) if family == "erfc" else t.c
            place = t.b if family == "erfc" else t.b - s
            z = (t.v - place) / (np.sqrt(2.0) * s)
            edge, at = (erfc(z), erfcinv(0.01 * t.d / t.a)) if family == "erfc" else (
                np.exp(-z * z), np.sqrt(np.log(100.0 * t.a / t.d)))  # fmt: skip
            fit = fit_curve(t.v, rng.poisson((t.a * edge + t.d) * DWELL), np.full(21, DWELL))
            right += fit.family == family
            fine += fit.status == "OK"
            noise = fit.recommendation("noise=1%")
            if fit.status == "OK" and noise is not None and noise.value is not None:
                off += abs(noise.value - place - np.sqrt(2.0) * s * at) > WRONG
        found[family] = (right / scans, fine / scans, off / max(fine, 1))
    return found


def unanswerable(rng: np.random.Generator) -> dict[str, tuple[np.ndarray, np.ndarray, float | None]]:
    """One scan of each kind that has no answer: thresholds, counts in 10 s, link ceiling."""
    t = draw(rng)
    s = t.c / np.sqrt(2.0)

    def scan(v, rate=None):
        v = np.round(v)
        return (
            v,
            rng.poisson((t.a * erfc((v - t.b) / t.c) + t.d if rate is None else np.full(len(v), rate)) * DWELL),
            None,
        )

    near, far = np.arange(t.b - 40.0, t.b - 4.0 * s, 2.0), np.arange(t.b + 4.0 * s, t.b + 40.0, 2.0)
    return {
        "range too short below": scan(np.arange(t.b + rng.uniform(0.0, 2.0) * s, t.b + 40.0, 2.0)),
        "range too short above": scan(np.arange(t.b - 40.0, t.b + rng.uniform(0.0, 2.5) * s, 2.0)),
        "no plateau": (t.v, rng.poisson(t.a * erfc((t.v - t.b) / t.c) * DWELL), None),
        "dead channel": (t.v, np.zeros(len(t.v)), None),
        "hot channel": scan(t.v, 2.0 * t.a),
        "only the plateau": scan(t.v, t.d),
        "too few counts (0.05 s)": (t.v, rng.poisson((t.a * erfc((t.v - t.b) / t.c) + t.d) * 0.05), None),
        "link saturated": (t.v, np.minimum(t.n, int(t.a * DWELL)), t.a),
        "gap in the fall": scan(np.concatenate([near, far])),
        "rate rises": (t.v, t.n[::-1], None),
        "one threshold": (t.v[:1], t.n[:1], None),
    }


def flags(seed: int, scans: int) -> dict[str, dict[str, int]]:
    """How the statuses of unanswerable scans are spread."""
    rng = np.random.default_rng([seed, 99])
    found: dict[str, dict[str, int]] = {}
    for _ in range(scans):
        for name, (v, n, ceiling) in unanswerable(rng).items():
            live = np.full(len(v), 0.05 if "0.05" in name else DWELL)
            status = str(fit_curve(v, n, live, ceiling=ceiling).status)
            found.setdefault(name, {}).setdefault(status, 0)
            found[name][status] += 1
    return found


def report(rows: list[Row]) -> None:
    off, error = np.array([r.off for r in rows]), np.array([r.error for r in rows])
    limit = np.array([r.bound for r in rows])
    ok = np.array([r.status == "OK" for r in rows])
    lines = [("likelihood, all scans", np.abs(off) > WRONG, error < CONFIDENT)]
    for name in rows[0].plain:
        plain = np.array([r.plain[name] for r in rows])
        lines.append((f"least squares, {name}", ~(np.abs(plain[:, 0]) <= WRONG), plain[:, 1] < CONFIDENT))
    print(f"\n{'b + 3c':<52}{'off > 3 DAC':>12}{'and error < 1.5':>17}")
    for name, wrong, sure in lines:
        print(f"{name:<52}{np.mean(wrong):>11.2%}{np.mean(wrong & sure):>16.2%}")
    chance = 2.0 * norm.sf(WRONG / limit)
    print(f"{'Cramer-Rao bound':<52}{np.mean(chance):>11.2%}{np.mean(chance * (limit < CONFIDENT)):>16.2%}")
    print(f"{'bar':<52}{0.06:>11.2%}{0.008:>16.2%}")
    print(f"{'likelihood, status OK only':<52}{np.mean(np.abs(off[ok]) > WRONG):>11.2%}", end="")
    print(f"{np.mean((np.abs(off) > WRONG)[ok] & (error < CONFIDENT)[ok]):>16.2%}")
    names, counts = np.unique([r.status for r in rows], return_counts=True)
    print("\nstatus: " + ", ".join(f"{n} {c / len(rows):.2%}" for n, c in zip(names, counts, strict=True)))
    print(f"\n{'status OK':<12}{'pull mean':>11}{'pull sd':>9}{'in 68 %':>9}{'in 95 %':>9}")
    for name in JUDGED:
        pulls = np.array([r.pulls[name] for r in rows if r.status == "OK" and name in r.pulls])
        inside = np.array([r.inside[name] for r in rows if r.status == "OK" and name in r.inside])
        print(
            f"{name:<12}{pulls.mean():>11.3f}{pulls.std():>9.3f}{inside[:, 0].mean():>9.2%}{inside[:, 1].mean():>9.2%}"
        )


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--scans", type=int, default=5000)
    options.add_argument("--seed", type=int, default=20240)
    options.add_argument("--processes", type=int, default=2)
    given = options.parse_args()
    parts = 10
    sizes = [len(x) for x in np.array_split(np.arange(given.scans), parts)]
    begun = time.perf_counter()
    with ProcessPoolExecutor(given.processes) as pool:
        done = list(pool.map(chunk, [[given.seed, i] for i in range(parts)], sizes))
    rows = [row for part, _ in done for row in part]
    spent = sum(seconds for _, seconds in done)
    print(
        f"{given.scans} scans, seed {given.seed}; {1e3 * spent / given.scans:.1f} ms a fit of the erfc family, ", end=""
    )
    print(f"{time.perf_counter() - begun:.0f} s in all on {given.processes} processes")
    report(rows)
    print("\nunanswerable scans")
    for name, statuses in flags(given.seed, max(given.scans // 10, 1)).items():
        spread = ", ".join(f"{status} {count}" for status, count in sorted(statuses.items(), key=lambda x: -x[1]))
        print(f"{name:<26}{spread}")
    ours, plain = speed(given.seed)
    print(
        f"\n3 channels, every model: {1e3 * ours:.1f} ms (bar 100), {ours / plain:.1f} times three least-squares fits"
    )
    for family, (right, fine, off) in choice(given.seed, max(given.scans // 10, 1)).items():
        print(
            f"family auto, truth {family}: chosen {right:.0%}, OK {fine:.0%}, of these noise=1% off > 3 DAC {off:.2%}"
        )


if __name__ == "__main__":
    main()
