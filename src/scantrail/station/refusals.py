"""What pydantic refused, in one sentence with the place and what would be right."""

import difflib
import json
from collections.abc import Iterable
from typing import Any, NamedTuple, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from scantrail.station.masking import mask

_RIGHT = {
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "finite_number": "must be a finite number",
    "bool_type": "must be true or false",
    "string_type": "must be text in quotes",
    "greater_than": "must be greater than {gt}",
    "greater_than_equal": "must be at least {ge}",
    "less_than_equal": "must be at most {le}",
    "literal_error": "must be {expected}",
    "missing": "is missing",
    "model_type": "must be a section",
    "dict_type": "must be a section",
    "tuple_type": "must be a list",
    "list_type": "must be a list",
    "too_short": "must have at least {min_length} values",
    "too_long": "must have at most {max_length} values",
    "refused": "{reason}",
}


class Refusal(NamedTuple):
    """What was refused: the path of section and key, and what about it ("= -1 must be greater than 0 ...")."""

    path: tuple[str, ...]
    complaint: str

    def __str__(self) -> str:
        """Return the sentence without the file: `[sampler] duration = -1 must be greater than 0 (...)`."""
        *section, key = self.path or ("",)
        place = f"[{'.'.join(section)}] {key}" if section else f"[{key}]" if key else ""
        return f"{place} {self.complaint}".lstrip()


def explain(error: ValidationError, root: type[BaseModel]) -> list[Refusal]:
    """Return what was refused while `root` was validated, in pydantic's order."""
    return [_refusal(detail, root) for detail in error.errors(include_url=False)]


def _refusal(detail: ErrorDetails, root: type[BaseModel]) -> Refusal:
    context = detail.get("ctx", {})
    path = tuple(str(part) for part in (*detail["loc"], *context.get("at", ())))
    if detail["type"] == "extra_forbidden":
        return Refusal(path, _unknown(path, detail["input"], root))
    # A list's index and a union's branch are no keys: what is said is about the key that holds them.
    key = path
    while key and not _known(root, key):
        key = key[:-1]
    right = _RIGHT.get(detail["type"], detail["msg"]).format_map(context).removesuffix(".0")
    right = right.replace("least 1 values", "least one value")
    if context.get("at"):
        return Refusal(key, right)
    if detail["type"] == "missing" and key != path:
        right = "has too few values"
    field = _field(root, key)
    meaning = f" ({field.description})" if field is not None and field.description else ""
    return Refusal(key, f"{'' if detail['type'] == 'missing' else _spelled(detail['input'])}{right}{meaning}")


def _unknown(path: tuple[str, ...], value: object, root: type[BaseModel]) -> str:
    *section, key = path
    keys = sorted(_table(root, tuple(section)))
    near = difflib.get_close_matches(key.lower(), keys, 1, 0.5)
    if section:
        return f"is no key of this section; {_instead(near, keys)}"
    owners = [name for name in keys if key in _table(root, (name,))]
    if owners and not isinstance(value, dict):
        return f"is no section but a key; it belongs below [{owners[0]}]"
    return f"is no section of a station file; {_instead([f'[{name}]' for name in near], [f'[{k}]' for k in keys])}"


def _instead(near: list[str], names: Iterable[str]) -> str:
    return f"the nearest is {near[0]}" if near else f"there are {', '.join(names)}"


def _spelled(value: object) -> str:
    """Return `= value ` as TOML spells it, shortened, passwords masked; nothing for a table."""
    if isinstance(value, dict | BaseModel):
        return ""
    if isinstance(value, str):
        value = mask(value)
    try:
        spelled = json.dumps(value, ensure_ascii=False).replace("NaN", "nan").replace("Infinity", "inf")
    except (TypeError, ValueError):
        spelled = mask(str(value))
    return f"= {spelled if len(spelled) <= 60 else spelled[:57] + '...'} "


def _kind(annotation: Any) -> Any:  # noqa: ANN401 - a type, as typing spells it
    """Return the model or the dict behind an annotation such as `Section | None`, else None."""
    if get_origin(annotation) is dict or (isinstance(annotation, type) and issubclass(annotation, BaseModel)):
        return annotation
    return next((kind for part in get_args(annotation) if (kind := _kind(part)) is not None), None)


def _at(root: type[BaseModel], path: tuple[str, ...]) -> Any:  # noqa: ANN401 - a type, as typing spells it
    """Return the model or dict type at `path`, None where there is none."""
    kind: Any = root
    for part in path:
        if get_origin(kind) is dict:
            kind = _kind(get_args(kind)[1])
        elif kind is not None and part in kind.model_fields:
            kind = _kind(kind.model_fields[part].annotation)
        else:
            return None
    return kind


def _table(root: type[BaseModel], path: tuple[str, ...]) -> dict[str, FieldInfo]:
    kind = _at(root, path)
    return {} if kind is None or get_origin(kind) is dict else kind.model_fields


def _field(root: type[BaseModel], path: tuple[str, ...]) -> FieldInfo | None:
    return _table(root, path[:-1]).get(path[-1]) if path else None


def _known(root: type[BaseModel], path: tuple[str, ...]) -> bool:
    return _field(root, path) is not None or get_origin(_at(root, path[:-1])) is dict
