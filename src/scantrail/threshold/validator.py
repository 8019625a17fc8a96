"""What must hold before channels can step together."""

from collections import Counter
from collections.abc import Mapping
from typing import Literal

from scantrail.errors import InputError, UnequalStepsError
from scantrail.threshold.config import SensorConfig


def validate_threshold_ranges(
    sensors: Mapping[str, SensorConfig], scan_type: Literal["serial", "parallel"] = "parallel"
) -> None:
    """Refuse sensors that cannot be scanned together: in a parallel scan all have the same number of thresholds.

    A serial scan takes each channel by itself and any range. Raises UnequalStepsError (a ValueError) with the number of
    thresholds by channel and the setting to change; InputError for any other `scan_type`.
    """
    if scan_type not in ("serial", "parallel"):
        raise InputError(f'scan_type "{scan_type}" must be "serial" or "parallel"')
    counts = {sensor.id: len(sensor.threshold_range()) for sensor in sensors.values()}
    if scan_type == "serial" or len(set(counts.values())) <= 1:
        return
    wanted = _common_count(sensors, counts)
    changes = [_change(sensor, counts[sensor.id], wanted) for sensor in sensors.values() if counts[sensor.id] != wanted]
    option = "" if _deprecated(sensors) else f", or give --nsteps {wanted // 2}"
    raise UnequalStepsError(
        f"Parallel scanning requires all channels to have same number of steps. Got: {counts}. "
        f"For {wanted} on every channel set {' and '.join(changes)}{option}."
    )


def _common_count(sensors: Mapping[str, SensorConfig], counts: Mapping[int, int]) -> int:
    """Return the number of thresholds that most channels have and all can take; the first channel's at a tie."""
    # 2 nsteps + 1 is odd: only the deprecated form gives an even number.
    even = len(_deprecated(sensors)) == len(sensors)
    return Counter(count for count in counts.values() if even or count % 2).most_common(1)[0][0]


def _change(sensor: SensorConfig, count: int, wanted: int) -> str:
    if sensor.start_threshold is not None:
        return f"[sensors.ch{sensor.id}] num_steps = {wanted - 1} (now {count - 1})"
    return f"[sensors.ch{sensor.id}] nsteps = {wanted // 2} (now {sensor.nsteps})"


def _deprecated(sensors: Mapping[str, SensorConfig]) -> list[SensorConfig]:
    return [sensor for sensor in sensors.values() if sensor.start_threshold is not None]
