"""What all sections of a station file share: strictness, and the kinds of values."""

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from scantrail.station.ranges import STEPS, THRESHOLDS


class Section(BaseModel):
    """A section of the station file: frozen, no unknown keys, no conversion of types, no NaN or infinity."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


def refusal(reason: str, *at: str) -> PydanticCustomError:
    """Return the error that says `reason` ("must be ..."), about the key `at` below the value being checked."""
    return PydanticCustomError("refused", "{reason}", {"reason": reason, "at": at})


def _filled(text: str) -> str:
    if not text.strip():
        raise refusal("must not be empty")
    return text


def _word(text: str) -> str:
    if not text or any(character.isspace() for character in text):
        raise refusal("must be one word without spaces")
    return text


def _ascending(limits: tuple[float, float]) -> tuple[float, float]:
    if not limits[0] < limits[1]:
        raise refusal("must be two numbers, the lower one first")
    return limits


def _link(url: str) -> str:
    scheme, mark, rest = url.partition("://")
    if scheme not in ("tcp", "ca", "pva", "sim") or not mark or (scheme == "tcp" and not rest):
        raise refusal('must be an address like "tcp://host:5064", "ca://", "pva://" or "sim://name"')
    return _word(url)


def _path(value: object) -> object:
    if isinstance(value, Path):
        value = str(value)
    if not isinstance(value, str):
        raise refusal("must be a path in quotes")
    if not value.strip() or "\0" in value:
        raise refusal("must be the path of a file or directory")
    try:
        return Path(value).expanduser()
    except RuntimeError as error:
        raise refusal("must not start in a home directory that is not known") from error


Text = Annotated[str, AfterValidator(_filled)]
"""Text that says something."""
PV = Annotated[str, AfterValidator(_word)]
"""Name of a process variable."""
Link = Annotated[str, AfterValidator(_link)]
"""Address of a control system."""
PathName = Annotated[Path, BeforeValidator(_path)]
"""A path; `~` is expanded, relative ones are taken from where the command runs."""
Limits = Annotated[tuple[float, float], Field(strict=False), AfterValidator(_ascending)]
"""A lower and an upper limit."""
Dac = Annotated[int, Field(ge=THRESHOLDS[0], le=THRESHOLDS[1])]
"""A threshold [DAC]."""
Steps = Annotated[int, Field(ge=STEPS[0], le=STEPS[1])]
"""A number of steps, or the size of one [DAC]."""
Positive = Annotated[float, Field(gt=0)]
"""A finite number above zero."""
NotNegative = Annotated[float, Field(ge=0)]
"""A finite number, zero or more."""
