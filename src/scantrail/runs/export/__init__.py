"""Runs as files for other programs: documents in, one file out. No exporter knows a plan."""

from scantrail.runs.export.csv import export_csv, write_csv

__all__ = ["export_csv", "write_csv"]
