import math

import pytest

from scantrail.sim import ChannelPhysics, OsechiPhysics
from scantrail.station import MockerConfig

THRESHOLDS = {1: 310, 2: 330, 3: 295}


def test_the_rice_edge_is_the_formula_of_the_specification():
    channel = ChannelPhysics(model="rice", rate=80.0, mu=300.0, sigma=5.0)
    assert channel.noise(310) == pytest.approx(80 * math.exp(-2.0))


def test_the_erfc_edge_is_the_formula_of_the_specification():
    channel = ChannelPhysics(model="erfc", rate=80.0, mu=300.0, sigma=5.0)
    assert channel.noise(300) == 80.0
    assert channel.noise(310) == pytest.approx(80 * math.erfc(2 / math.sqrt(2)))
    assert channel.noise(200) == pytest.approx(160.0)


def test_the_patterns_of_a_channel_sum_to_its_noise_and_its_plateau():
    physics = OsechiPhysics()
    rates = physics.channel_rates(THRESHOLDS)
    for number, channel in enumerate(physics.channels, 1):
        value = THRESHOLDS[number]
        plateau = channel.plateau * channel.efficiency * math.exp(-max(0, value - channel.mu) / channel.fall)
        assert rates[number] == pytest.approx(channel.noise(value) + plateau)


def test_three_fold_coincidences_follow_the_efficiency_of_every_channel():
    physics = OsechiPhysics()
    through = physics.acceptance * 1.0
    chances = [c.chance(THRESHOLDS[n]) for n, c in enumerate(physics.channels, 1)]
    assert physics.pattern_rates(THRESHOLDS)[6] == pytest.approx(through * math.prod(chances))
    raised = physics.pattern_rates({**THRESHOLDS, 1: 600})[6]
    assert raised == pytest.approx(through * math.prod(chances) * math.exp(-290 / 1000))


@pytest.mark.parametrize("suppressed", [1000, 1023])
def test_a_suppressed_channel_never_fires(suppressed):
    rates = OsechiPhysics().channel_rates({1: suppressed, 2: 300, 3: 300})
    assert rates[1] == 0.0
    assert rates[2] > 0.0


def test_cross_talk_moves_the_edge_while_the_neighbour_is_on():
    physics = OsechiPhysics(crosstalk=((0, 3, 0), (0, 0, 0), (0, 0, 0)))
    alone = physics.channel_rates({1: 310, 2: 1023, 3: 1023})[1]
    together = physics.channel_rates({1: 313, 2: 1022 - 100, 3: 1023})
    assert physics.shift(1, {1: 310, 2: 1023, 3: 1023}) == 0
    assert together[1] - alone == pytest.approx(
        physics.channels[0].plateau * 0.95 * (math.exp(-13 / 1000) - math.exp(-10 / 1000))
    )


def test_the_physics_come_from_the_station_file():
    mocker = MockerConfig.model_validate({"ch2": {"model": "rice", "rate": 12.0, "sigma": 2.5}})
    physics = OsechiPhysics.from_config(mocker)
    assert [channel.mu for channel in physics.channels] == [300.0, 308.0, 292.0]
    assert physics.channels[1] == ChannelPhysics(308.0, 2.5, 12.0, 1.0, 0.95, model="rice")


def test_the_default_physics_are_those_of_an_empty_station_file():
    assert OsechiPhysics.from_config(MockerConfig()) == OsechiPhysics()


def test_the_truth_names_every_parameter():
    truth = OsechiPhysics().truth()
    assert set(truth) == {1, 2, 3}
    assert truth[2]["mu"] == 308.0
    assert {"mu", "sigma", "rate", "plateau", "efficiency", "fall", "model"} == set(truth[1])
