"""The simulated detector, wherever a real one could stand."""

import secrets
from dataclasses import replace
from typing import Any

from scantrail.errors import InputError
from scantrail.links import simulator
from scantrail.threshold.config import DeviceConfig, HaniwersConfig, MockerConfig
from scantrail.threshold.osechi import Device, SerialLike
from scantrail.threshold.osechi.ports import POLL

PORT = "sim://osechi"


class RandomMocker(Device):
    """A `Device` on a simulated board in this process: the same driver, the true protocol, physics with a known truth.

    config: the section [mocker], or a whole configuration (then [device] gives label, dialect, timeout and dead time).
    seed, speed: as in [mocker], which they override; a missing seed is drawn, and stands in `seed`. Every `connect`
    starts a fresh board: `machine`, with its `truth()` and its log. Raises InputError for a recording (`csv_path`).
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
        if mocker.csv_path is not None:
            raise InputError(f'[mocker] csv_path = "{mocker.csv_path}": recordings cannot be replayed; remove the key.')
        chosen = mocker.seed if seed is None else seed
        self.seed: int = secrets.randbits(32) if chosen is None else chosen
        self.mocker = mocker
        self.machine: Any = None
        dialect = "v1" if device.dialect == "auto" else device.dialect
        device = device.model_copy(update={"port": PORT, "dialect": dialect, "open_wait": 0.0})
        super().__init__(device, open_port=self._start, speed=mocker.speed if speed is None else speed)

    def _start(self) -> SerialLike:
        osechi = simulator("osechi")
        physics = replace(osechi.OsechiPhysics.from_config(self.mocker), dead_time=self.config.dead_time)
        self.machine = osechi.OsechiMachine(
            self.config.dialect, physics=physics, seed=self.seed, baudrate=self.config.baudrate
        )
        port: SerialLike = osechi.SimulatedPort(self.machine, speed=self.speed, timeout=POLL, port=PORT)
        return port
