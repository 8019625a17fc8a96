import math
from itertools import pairwise

import pytest

from scantrail.sim.beamline import iron
from scantrail.sim.beamline.physics import DARK, I0_FULL, TRANSMISSION, Optics, Spot
from scantrail.sim.beamline.sample import Sample
from scantrail.sim.beamline.source import Shutter, Source

CENTER = Spot(0.0, 0.0, 7300.0)


def test_the_foil_is_iron():
    foil = iron()
    assert foil.steepest() == pytest.approx(7110.8, abs=0.2)
    assert foil(7160.0) - foil(7100.0) == pytest.approx(4.14, rel=0.05)
    assert foil(foil.energies[40]) == foil.values[40]


def test_the_foil_is_smooth():
    foil = iron()
    energies = [6900.0 + 0.05 * i for i in range(20000)]
    values = [foil(energy) for energy in energies]
    assert max(abs(b - a) for a, b in pairwise(values)) < 0.03
    assert foil(4000.0) > foil(6000.0) > 0.0
    assert foil(20000.0) < foil(10000.0)


def test_transmission_falls_at_the_edge_and_fluorescence_rises():
    optics = Optics()
    below, above = CENTER._replace(energy=7050.0), CENTER._replace(energy=7130.0)
    assert optics.rate("I0", 1.0, below) == optics.rate("I0", 1.0, above) == I0_FULL + DARK["I0"]
    assert optics.rate("IT", 1.0, above) < 0.3 * optics.rate("IT", 1.0, below)
    assert optics.rate("IF", 1.0, above) > 30 * optics.rate("IF", 1.0, below)


def test_mu_is_what_a_scan_finds():
    optics = Optics()
    it, i0 = (optics.rate(name, 0.7, CENTER) - DARK[name] for name in ("IT", "I0"))
    assert math.log(TRANSMISSION * i0 / it) == pytest.approx(0.35 * iron()(7300.0))


def test_the_disc_has_an_edge_and_the_spot_a_middle():
    sample, optics = Sample(), Optics()
    assert sample.cover(sample.radius, 0.0) == pytest.approx(0.5)
    assert sample.cover(0.0, -sample.radius + 200.0) == pytest.approx(1.0)
    assert sample.cover(-sample.radius - 200.0, 0.0) == pytest.approx(0.0, abs=1e-6)
    rates = {
        (x, y): optics.rate("IF", 1.0, Spot(x, y, 7300.0)) for x in range(-400, 801, 50) for y in range(-750, 451, 50)
    }
    assert max(rates, key=rates.__getitem__) == sample.spot


def test_the_ring_decays_and_is_filled_again():
    source = Source()
    assert source.current(0.0) == 400.0
    assert 0.0 < source.current(599.0) < source.current(300.0) < 400.0
    assert source.current(600.0) == 400.0
    assert source.throughput(75.0) < 0.99 * source.current(75.0) / 400.0
    assert 20.0 < source.temperature(300.0) < 26.0
    assert 1e-10 < source.pressure(0.0) < 1e-8


def test_the_beam_is_lost_for_a_while():
    source = Source(lost=(10.0, 5.0))
    assert [source.current(t) > 0.0 for t in (9.9, 10.0, 14.9, 15.0)] == [True, False, False, True]
    assert source.throughput(12.0) == 0.0


def test_the_shutter_takes_its_time():
    shutter = Shutter()
    assert shutter.is_open(0.0)
    shutter.put(0.0, 1.0)
    assert shutter.is_open(1.019)
    assert not shutter.is_open(1.02)
    assert shutter.share(0.52, 1.52) == pytest.approx(0.5)
    assert shutter.share(1.1, 1.5) == 0.0
    shutter.put(1.0, 1.4)
    assert shutter.share(0.92, 1.92) == pytest.approx(0.6)
    assert shutter.share(0.0, 0.5) == 1.0
    for i in range(100):
        shutter.put(i % 2, 10.0 + i)
    assert len(shutter._changes) < 10


def test_an_instant_shutter():
    shutter = Shutter(instant=True)
    shutter.put(0.0, 1.0)
    assert not shutter.is_open(1.0)
    assert shutter.share(0.5, 1.0) == 1.0
