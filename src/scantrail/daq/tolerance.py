"""When a motor is where it was sent."""


def tolerance_of(target: float, configured: float | None = None) -> float:
    """Return the largest distance of readback and target that counts as reached, in the motor's unit.

    As configured, else max(1e-3, 1e-5 |target|): readbacks come with six digits.
    """
    return max(1e-3, 1e-5 * abs(target)) if configured is None else configured


def unit(units: str | None) -> str:
    """Return what to write behind a number: its unit with a space before it, or nothing."""
    return f" {units}" if units else ""
