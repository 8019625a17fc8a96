"""ScanEngine: a scan from a script, as a run that loses nothing."""

from collections.abc import Mapping
from pathlib import Path

from scantrail.daq.client import Client
from scantrail.daq.data import ScanData
from scantrail.daq.manner import Manner, OnError, PointHook, RunHook
from scantrail.daq.plans import LinearScanConfig, MeshScanConfig, ScanConfig, XAFSScanConfig
from scantrail.daq.setting import Setting, Taken
from scantrail.daq.take import take
from scantrail.db import database_url
from scantrail.errors import ScantrailError
from scantrail.runs import RunWriter
from scantrail.station import Station, data_root, load_station


class ScanEngine:
    """Scan execution engine. Every scan is a run: checked whole, journalled point by point, safe on every way out.

    client: the beamline's control system; others: further ones by their addresses in the station file.
    station: by default the station file in force, or what stands without one. before(run), point(run, point, row) and
    after(run) are called before the first point, after each one is recorded, and after the last on every way out.
    baseline: what to read before and after. on_error: what becomes of a point at which a detector fails: "nan", "retry"
    and then NaN, or "abort". root: the data root. `taken` tells more of the last scan than its data.
    """

    def __init__(
        self,
        client: Client,
        *,
        station: Station | None = None,
        others: Mapping[str, Client] | None = None,
        before: RunHook | None = None,
        point: PointHook | None = None,
        after: RunHook | None = None,
        baseline: tuple[str, ...] | list[str] = (),
        on_error: OnError = "nan",
        root: Path | None = None,
    ) -> None:
        self.client = client
        self.station = load_station() if station is None else station
        self.taken: Taken | None = None
        self._others = others
        self._manner = Manner(before, point, after, tuple(baseline), on_error)
        self._root = data_root() if root is None else root

    def run_linear(self, config: LinearScanConfig) -> ScanData:
        """Execute linear scan: at each position move, wait, dwell, read all detectors, record.

        Returns what was measured, also when the user stopped it. Raises as `take` does; what was taken by then is on
        disk, and a note of the error says where.
        """
        return self.run(config)

    def run_mesh(self, config: MeshScanConfig) -> ScanData:
        """Execute 2D mesh scan; arrays have the shape (steps of motor1, steps of motor2), by grid index.

        Returns and raises as `run_linear` does.
        """
        return self.run(config)

    def run_xafs(self, config: XAFSScanConfig) -> ScanData:
        """Execute XAFS energy scan over the energies of all regions. Returns and raises as `run_linear` does."""
        return self.run(config)

    def run(self, config: ScanConfig) -> ScanData:
        """Run scan of any type. Returns and raises as `run_linear` does."""
        self.taken = None
        opened: list[RunWriter] = []
        database = database_url(None, self.station.database.url)
        setting = Setting(self._root, database, self.station, opened=opened.append)
        try:
            self.taken = take(config, self.client, setting, others=self._others, manner=self._manner)
        except ScantrailError as error:
            if opened:
                error.add_note(_saved(opened[0]))
            raise
        return self.taken.data


def _saved(run: RunWriter) -> str:
    return (
        f"{run.taken()} of {run.expected} points are saved in run {run.number}; "
        f'"scantrail runs resume {run.number}" goes on.'
    )
