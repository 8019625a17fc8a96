"""Go on with a run: paused, it runs on; interrupted, in its own journal; aborted or failed, in a new run."""

from pathlib import Path

from scantrail.acquire.kinds import kind_of
from scantrail.acquire.rig import RigOptions
from scantrail.acquire.start import Order
from scantrail.errors import RunStateError
from scantrail.runs import Record, ask, asked, directories, held, read, summarize
from scantrail.station import Station


def resume_running(directory: Path) -> bool:
    """Let a paused run go on and return True; False if the run is not being taken at all.

    Raises RunStateError if it is running and not paused.
    """
    if not held(directory):
        return False
    last = asked(directory)
    if last is None or last.command != "pause":
        raise RunStateError(f"{directory.name} is running and not paused, so there is nothing to resume")
    ask(directory, "resume")
    return True


def order_again(root: Path, directory: Path, database: str | None = None) -> Order:
    """Return the order that finishes the run in `directory`, made of its start document alone.

    Raises RunStateError if it ended with success, RunError for a kind this version cannot take, JournalError.
    """
    record = read(directory)
    status = record.stop["exit_status"] if record.stop else "interrupted"
    number = record.start["scan_id"]
    if status == "success":
        raise RunStateError(f"run {number} has ended with success; there is nothing to resume")
    if later := _continued_by(root, record.start["uid"]):
        raise RunStateError(f'run {number} was continued by run {later}; "scantrail runs resume {later}" goes on')
    ours = record.start["scantrail"]
    workspace = ours["rig"].get("workspace")
    return Order(
        plan=kind_of(ours["kind"]).plan(ours["plan"]),
        station=Station.from_document(ours["station"]),
        options=RigOptions.from_document(ours["rig"]),
        workspace=Path(workspace) if workspace else None,
        database=database,
        components=tuple(ours["components"]),
        earlier=tuple(_chain(root, record)),
        reopened=status == "interrupted",
    )


def _chain(root: Path, record: Record) -> list[Record]:
    """Return the run and those that it went on with, oldest first."""
    chain = [record]
    while (uid := chain[0].start["scantrail"].get("resumed_from")) is not None:
        before = next((place for place in directories(root) if place.name.endswith(uid[:8])), None)
        if before is None:
            raise RunStateError(
                f"run {chain[0].start['scan_id']} goes on with run {uid}, which is not under {root / 'runs'}"
            )
        chain.insert(0, read(before))
    return chain


def _continued_by(root: Path, uid: str) -> int | None:
    for place in directories(root):
        start = read(place).start
        if start["scantrail"].get("resumed_from") == uid:
            return summarize(place).number
    return None
