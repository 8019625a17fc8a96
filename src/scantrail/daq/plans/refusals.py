"""What is wrong with a plan that was written down, in one sentence."""

from collections.abc import Iterable

from pydantic import BaseModel, ValidationError

from scantrail.daq.plans.xafs_regions import Region
from scantrail.errors import InputError
from scantrail.links import nearest
from scantrail.station import explain

_MISSPELT = {"extra_forbidden": "this scan", "unexpected_keyword_argument": "a region"}
"""Whose field is not known, by the type of pydantic's error."""


def refused(error: ValidationError, plan: type[BaseModel]) -> InputError:
    """Return the error that says what of `plan` was refused: the field, its value, and what would be right."""
    details = error.errors(include_url=False)
    # a field that is spelt wrong is named before the right one that is missing
    at = next((i for i, one in enumerate(details) if one["type"] in _MISSPELT), 0)
    if details[at]["type"] == "value_error":
        return InputError(str(details[at]["ctx"]["error"]))
    refusal = explain(error, plan)[at]
    if whose := _MISSPELT.get(details[at]["type"]):
        field = str(details[at]["loc"][-1])
        known = plan.model_fields if whose == "this scan" else Region.__dataclass_fields__
        return InputError(f"{field} is no field of {whose}; {_instead(field, known)}")
    return InputError(f"{refusal.path[-1]} {refusal.complaint}".removesuffix("."))


def _instead(field: str, known: Iterable[str]) -> str:
    fields = [name for name in known if name != "scan_type"]
    near = nearest(field, fields)
    return f"did you mean {near[0]}?" if near else f"there are {', '.join(fields)}"
