"""Scans of the simulated beamline find what it says is true."""

import math

import pytest

from scantrail.sim import BeamlineMachine


def scan(motor, positions, dwell=1.0):
    """Counts of (I0, IT, IF) at each position after `dwell` [s], and the truth."""
    machine = BeamlineMachine(seed=7, instant=True)
    session = machine.open(0.0)
    rows = []
    for i, position in enumerate(positions):
        now = i * (dwell + 1.0)
        session.receive(f"MOVE:{motor}:{position}\n".encode(), now)
        session.emit(now)
        session.receive(b"GET:BL02:DET:I0\nGET:BL02:DET:IT\nGET:BL02:DET:IF\n", now + dwell)
        rows.append([float(line[3:]) for line in session.emit(now + dwell).splitlines()])
    return rows, machine.truth()


def test_the_edge_is_where_mu_rises_fastest():
    energies = [7100.0 + 0.5 * i for i in range(60)]
    rows, truth = scan("BL02:MONO:ENERGY", energies)
    mu = [math.log(i0 / it) for i0, it, _ in rows]
    slopes = {energies[i]: mu[i + 1] - mu[i - 1] for i in range(1, len(mu) - 1)}
    assert max(slopes, key=slopes.__getitem__) == pytest.approx(truth["edge"], abs=0.8)


def test_the_edge_step_is_the_samples():
    rows, truth = scan("BL02:MONO:ENERGY", [7100.0, 7160.0], dwell=5.0)
    below, above = (math.log(i0 / it) for i0, it, _ in rows)
    assert above - below == pytest.approx(truth["edge_step"], rel=0.02)


def test_the_disc_ends_at_its_radius():
    positions = [2800.0 + 10.0 * i for i in range(41)]
    rows, truth = scan("BL02:SAMPLE:X", positions)
    transmission = [it / i0 for i0, it, _ in rows]
    middle = (transmission[0] + transmission[-1]) / 2
    crossing = next(p for p, t in zip(positions, transmission, strict=True) if t > middle)
    assert crossing == pytest.approx(truth["disc"]["radius"], abs=30.0)


def test_the_spot_is_where_it_fluoresces_most():
    positions = [200.0 + 100.0 * i for i in range(-12, 13)]
    rows, truth = scan("BL02:SAMPLE:X", positions)
    signal = [fluorescence / i0 for i0, _, fluorescence in rows]
    floor = min(signal)
    center = sum(p * (s - floor) for p, s in zip(positions, signal, strict=True)) / sum(s - floor for s in signal)
    assert center == pytest.approx(truth["spot"]["center"][0], abs=30.0)


def test_i0_follows_the_ring():
    rows, _ = scan("BL02:SAMPLE:Z", [0.0, 0.0], dwell=290.0)
    assert rows[1][0] < 0.995 * rows[0][0]
