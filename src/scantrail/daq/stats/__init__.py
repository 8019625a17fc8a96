"""What a scan of positions says when it ends: peaks, centroids, widths, edges, each with its unit and its error.

Nothing is named that does not stand out of the noise, and no number is given that the range of the scan cuts.
"""

from scantrail.daq.measured import Measured
from scantrail.daq.stats.found import Found, Shape, Statistic
from scantrail.daq.stats.line import along_line
from scantrail.daq.stats.results import results_of
from scantrail.daq.stats.steady import over_time
from scantrail.daq.stats.words import told

TIME = "time"
"""Kind of scans in which nothing but time passes."""

__all__ = ["Found", "Shape", "Statistic", "results_of", "statistics_of", "told"]


def statistics_of(measured: Measured) -> tuple[Found, ...]:
    """Return what the readings of each detector and of each derived column show."""
    if measured.kind == TIME:
        return tuple(over_time(measured, column) for column in measured.columns)
    if len(measured.shape) == 1:
        return tuple(along_line(measured, column) for column in measured.columns)
    if len(measured.shape) == 2:
        from scantrail.daq.stats.grid import over_grid

        return tuple(over_grid(measured, column) for column in measured.columns)
    from scantrail.daq.stats.volume import over_volume

    return tuple(over_volume(measured, column) for column in measured.columns)
