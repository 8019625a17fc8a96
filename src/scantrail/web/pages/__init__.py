"""The pages, a small module each."""

from scantrail.web.pages import changes, components, now, positions, runs, tests

__all__ = ["routers"]

routers = (now.router, runs.router, components.router, positions.router, tests.router, changes.router)
