"""The directive `section`: the keys of a section of the station file, read from its model."""

import json
from pathlib import Path

from docutils import nodes
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from scantrail import station


def default(field: FieldInfo) -> str:
    """How the default of a key reads in TOML; empty where there is none."""
    value = field.default
    if field.is_required():
        return "required"
    if value is None or isinstance(value, BaseModel):
        return ""
    return json.dumps(str(value) if isinstance(value, Path) else value)


class Section(SphinxDirective):
    """`{section} DeviceConfig` is the table of the keys of that model: key, default, meaning."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        model: type[BaseModel] = getattr(station, self.arguments[0])
        lines = ["| key | default | meaning |", "|---|---|---|"]
        for key, field in model.model_fields.items():
            shown = default(field)
            lines.append(f"| `{key}` | {f'`{shown}`' if shown else ''} | {field.description or ''} |")
        return self.parse_text_to_nodes("\n".join(lines))


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_directive("section", Section)
    return {"parallel_read_safe": True}
