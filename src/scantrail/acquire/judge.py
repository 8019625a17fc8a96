"""Judge a run: what was found, as Results beside its journal, and as a figure. The way back from data to answers."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from scantrail.acquire.kinds import judging_of, kind_of
from scantrail.acquire.verdict import Family, Verdict
from scantrail.errors import InputError, OutputError, RunError
from scantrail.plots import Figure
from scantrail.runs import Record, chain, write_results


def judge_run(directory: Path, *, family: Family | None = None) -> Verdict:
    """Judge the run in `directory`, with those it goes on with, and keep the results beside its journal.

    Results that cannot be kept are a note of the verdict. Raises RunError if nothing was measured, or for a kind that
    is not judged.
    """
    records, missing = chain(directory)
    verdict = judge_records(records, family=family)
    if missing is not None:
        told = f"it goes back to run {missing}, which is not here: the points taken there are missing"
        verdict = replace(verdict, notes=(*verdict.notes, told))
    try:
        write_results(directory, judging_of(records[-1].start["plan_name"]).analysis, verdict.results, family=family)
    except OutputError as error:
        return replace(verdict, notes=(*verdict.notes, f"the results are not kept: {error}"))
    return verdict


def judge_records(records: Sequence[Record], *, family: Family | None = None) -> Verdict:
    """Judge runs that go on with one another, oldest first, and keep nothing."""
    title = _title(records, "judge")
    return judging_of(records[-1].start["plan_name"]).judge(records, family=family, title=title)


def draw_records(records: Sequence[Record]) -> Figure:
    """Return the figure of runs that go on with one another, oldest first; of a kind that is judged, with its answers.

    Raises RunError if nothing was measured.
    """
    title = _title(records, "draw")
    return kind_of(records[-1].start["plan_name"]).draw(records, title)


def _title(records: Sequence[Record], purpose: str) -> str:
    last = records[-1]
    number, kind = last.start["scan_id"], last.start["plan_name"]
    if not any(len(record.stream("primary")) for record in records):
        raise RunError(f"run {number} holds no point, so there is nothing to {purpose}")
    return f"run {number}: {kind.replace('_', ' ')}"


def compare_runs(directories: Sequence[Path]) -> Figure:
    """Return the figure of two or more runs of comparable kinds, laid over each other.

    Raises InputError if they are fewer than two or of kinds that have no common picture.
    """
    runs = [chain(directory).records for directory in directories]
    kinds = {kind_of(records[-1].start["plan_name"]).compare for records in runs}
    if len(runs) < 2 or len(kinds) > 1:
        names = ", ".join(f"{records[-1].start['scan_id']} ({records[-1].start['plan_name']})" for records in runs)
        raise InputError(f"two or more runs of one kind are needed to compare; got {names}")
    return kinds.pop()({f"run {records[-1].start['scan_id']}": records for records in runs})
