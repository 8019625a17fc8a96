"""The REST API, version 1, a small module a subject."""

from scantrail.web.api import changes, components, positions, runs, tests

__all__ = ["routers"]

routers = (runs.router, components.router, positions.router, tests.router, changes.router)
