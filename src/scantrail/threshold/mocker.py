"""The simulated detector, wherever a real one could stand."""

import logging
import secrets
from dataclasses import replace
from pathlib import Path
from typing import Any

from scantrail.links import simulator
from scantrail.threshold.config import DeviceConfig, HaniwersConfig, MockerConfig
from scantrail.threshold.osechi import Device, SerialLike
from scantrail.threshold.osechi.ports import POLL

PORT = "sim://osechi"

_LOG = logging.getLogger(__name__)


class RandomMocker(Device):
    """A `Device` on a simulated board in this process: the same driver, the true protocol, physics with a known truth.

    config: the section [mocker], or a whole configuration (then [device] gives label, dialect, timeout and dead time).
    seed, speed: as in [mocker], which they override; a missing seed is drawn, and stands in `seed`. Every `connect`
    starts a fresh board: `machine`, with its `truth()` and its log. With `csv_path` it replays recorded events, from
    the first one on at every `connect`, and of all thresholds only those that suppress a channel have an effect; what
    a reader must know of the recording is logged. Raises InputError for a recording that cannot be replayed.
    """

    def __init__(
        self,
        config: HaniwersConfig | MockerConfig | None = None,
        *,
        seed: int | None = None,
        speed: float | None = None,
    ) -> None:
        mocker = config.mocker if isinstance(config, HaniwersConfig) else config or MockerConfig()
        device = config.device if isinstance(config, HaniwersConfig) else DeviceConfig()
        chosen = mocker.seed if seed is None else seed
        self.seed: int = secrets.randbits(32) if chosen is None else chosen
        self.mocker = mocker
        self._recording = None if mocker.csv_path is None else _recording(mocker, mocker.csv_path)
        self.machine: Any = None
        dialect = "v1" if device.dialect == "auto" else device.dialect
        device = device.model_copy(update={"port": PORT, "dialect": dialect, "open_wait": 0.0})
        super().__init__(device, open_port=self._start, speed=mocker.speed if speed is None else speed)

    def _start(self) -> SerialLike:
        osechi = simulator("osechi")
        physics = replace(osechi.OsechiPhysics.from_config(self.mocker), dead_time=self.config.dead_time)
        self.machine = osechi.OsechiMachine(
            self.config.dialect,
            physics=physics,
            recording=self._recording,
            seed=self.seed,
            baudrate=self.config.baudrate,
        )
        port: SerialLike = osechi.SimulatedPort(
            self.machine, speed=self.speed, timeout=POLL, port=PORT, waits=self.speed > 1
        )
        return port


def _recording(mocker: MockerConfig, path: Path) -> Any:  # noqa: ANN401 - of the simulator, which is found by name
    from scantrail.threshold.events import read_events  # NumPy, which the simulated physics does without

    events = read_events([path])
    events.check_times("a replay")
    for notice in events.notices:
        _LOG.warning("%s", notice)
    return simulator("osechi").Recording.of(events, mocker)
