"""The REST API, version 1, a small module a subject."""

routers: tuple[object, ...] = ()
