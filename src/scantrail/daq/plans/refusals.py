"""What is wrong with a plan that was written down, in one sentence."""

from pydantic import BaseModel, ValidationError

from scantrail.errors import InputError
from scantrail.links import nearest
from scantrail.station import explain


def refused(error: ValidationError, plan: type[BaseModel]) -> InputError:
    """Return the error that says what of `plan` was refused: the field, its value, and what would be right."""
    details = error.errors(include_url=False)
    # a field that is spelt wrong is named before the right one that is missing
    at = next((i for i, one in enumerate(details) if one["type"] == "extra_forbidden"), 0)
    if details[at]["type"] == "value_error":
        return InputError(str(details[at]["ctx"]["error"]))
    refusal = explain(error, plan)[at]
    field = refusal.path[-1]
    if details[at]["type"] == "extra_forbidden":
        return InputError(f"{field} is no field of this scan; {_instead(field, plan)}")
    return InputError(f"{field} {refusal.complaint}".removesuffix("."))


def _instead(field: str, plan: type[BaseModel]) -> str:
    fields = [name for name in plan.model_fields if name != "scan_type"]
    near = nearest(field, fields)
    return f"did you mean {near[0]}?" if near else f"there are {', '.join(fields)}"
