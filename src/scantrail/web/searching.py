"""Runs that somebody looks for: by number, uid, words, kind, state, component."""

from dataclasses import dataclass
from typing import cast, get_args

from scantrail.errors import InputError, ScantrailError
from scantrail.runs import Choice, RunStatus, RunSummary, listing
from scantrail.tracker import runs_measuring
from scantrail.web.site import Site

PAGE = 50
STATUSES: tuple[str, ...] = get_args(RunStatus)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for; empty text takes everything. words: of number, uid, kind, operator, host, components."""

    words: str = ""
    kind: str = ""
    status: str = ""
    component: str = ""

    def asked(self) -> list[tuple[str, str]]:
        """Return the parameters of the address that asks for it."""
        return [("q", self.words), ("kind", self.kind), ("status", self.status), ("component", self.component)]

    def takes(self, run: RunSummary) -> bool:
        """Tell whether a run is of the kind, and every word in one of its fields."""
        fields = (str(run.number), run.uid, run.kind, run.operator, run.host, run.reason, *run.components)
        if self.kind not in ("", run.kind):
            return False
        return all(any(word in field.lower() for field in fields) for word in self.words.lower().split())


@dataclass(frozen=True, slots=True)
class Found:
    """A page of runs, newest first; how many there are in all; a notice, where the database could not be asked.

    kinds: of all runs, whichever is chosen.
    """

    rows: list[RunSummary]
    total: int
    first: int
    notice: str | None
    kinds: tuple[str, ...]


def search(site: Site, wanted: Wanted, *, page: int = 1, size: int = PAGE) -> Found:
    """Return a page of the runs that are looked for. Raises InputError, ConfigError."""
    if wanted.status not in ("", *STATUSES):
        raise InputError(f"there is no status {wanted.status!r}; a run is {', '.join(STATUSES)}")
    status = cast("RunStatus | None", wanted.status or None)
    choice = of_component(site, wanted.component, status) if wanted.component else Choice(status=status)
    runs, notice = listing(site.root, site.catalogue, choice)
    taken = [run for run in runs if wanted.takes(run)]
    first = (page - 1) * size
    return Found(taken[first : first + size], len(taken), first, notice, tuple(sorted({run.kind for run in runs})))


def of_component(site: Site, component: str, status: RunStatus | None = None) -> Choice:
    """Return the choice of a component's runs, those that were linked to it later among them."""
    try:
        known, linked = runs_measuring(site.database, component)
    except ScantrailError:  # what the runs say themselves is known without their database
        return Choice(status=status, component=component)
    return Choice(status=status, component=known, linked=linked)
