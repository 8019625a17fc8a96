"""The stream of events that an open page follows."""

import asyncio
from collections.abc import AsyncIterator

from anyio import to_thread
from fastapi import APIRouter
from starlette.responses import StreamingResponse

from scantrail.web.live.growth import Look
from scantrail.web.live.viewer import Viewer
from scantrail.web.site import Site, TheSite

router = APIRouter()

LOOK = 0.5
"""Seconds after which a page is brought up to date though nobody rang: what was asked of a run rings no bell."""
GATHER = 0.015
"""Seconds in which points are gathered into one event."""
QUIET = 15.0
"""Seconds of silence after which a line is sent, so that a connection that is gone is found."""


@router.get("/live/now")
async def now(site: TheSite, dark: bool = False, narrow: bool = False) -> StreamingResponse:
    """Tell of all runs under way, from their first point on: cards, figures, rows, progress, states."""
    return StreamingResponse(_events(site, Look(dark, narrow)), media_type="text/event-stream")


async def _events(site: Site, look: Look) -> AsyncIterator[bytes]:
    viewer, rung, loop = Viewer(site.watch, look), asyncio.Event(), asyncio.get_running_loop()

    def ring() -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(rung.set)

    quiet_since = loop.time()
    yield b"retry: 1000\n\n"
    with site.watch.listening(ring):
        while not site.closing.is_set():
            rung.clear()
            for event in await to_thread.run_sync(viewer.news):
                yield event
                quiet_since = loop.time()
            if loop.time() - quiet_since > QUIET:
                yield b": still here\n\n"
                quiet_since = loop.time()
            try:
                await asyncio.wait_for(rung.wait(), LOOK)
                await asyncio.sleep(GATHER)
            except TimeoutError:
                continue
