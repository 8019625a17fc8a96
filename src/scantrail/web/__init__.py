"""The page that shows it all, and its REST API: it reads, it controls, and it runs no scan itself.

Every name is loaded when it is first used: FastAPI is an extra.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scantrail.web.client import Api, ApiError
    from scantrail.web.serving import Served, new_link, serve
    from scantrail.web.site import Site

_HOME = {
    "Api": "client",
    "ApiError": "client",
    "Served": "serving",
    "Site": "site",
    "new_link": "serving",
    "serve": "serving",
}

__all__ = ["Api", "ApiError", "Served", "Site", "new_link", "serve"]


def __getattr__(name: str) -> Any:  # noqa: ANN401 - any public name
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOME[name]}"), name)
