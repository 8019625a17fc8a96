"""The application: guard, pages, API and live streams put together."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from scantrail import __version__
from scantrail.web import entering, files
from scantrail.web.api import routers as api
from scantrail.web.guard import Guard
from scantrail.web.live import stream
from scantrail.web.pages import routers as pages
from scantrail.web.refusing import add_refusals
from scantrail.web.site import Site

DESCRIPTION = """
Runs, components, positions and tests of one data root. A request carries a token, `Authorization: Bearer …`, made by
`scantrail web token new NAME --scope read|change`; every refusal is a sentence in `detail`.
"""


def application(site: Site) -> FastAPI:
    """Return the application that shows a site."""

    @asynccontextmanager
    async def life(app: FastAPI) -> AsyncIterator[None]:
        site.watch.begin()
        yield
        site.close()

    app = FastAPI(
        title="Scantrail",
        version=__version__,
        description=DESCRIPTION.strip(),
        lifespan=life,
        openapi_url="/api/v1/openapi.json",
        docs_url=None,  # their scripts come from elsewhere
        redoc_url=None,
    )
    app.state.site = site
    add_refusals(app)
    for router in (entering.router, files.router, stream.router, *pages):
        app.include_router(router, include_in_schema=False)
    for router in api:
        app.include_router(router, prefix="/api/v1")
    app.add_middleware(Guard, site=site)
    return app
