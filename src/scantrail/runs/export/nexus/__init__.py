"""Runs as NeXus files: one HDF5 file, one NXentry, one default plot."""

from scantrail.runs.export.nexus.file import export_nexus

__all__ = ["export_nexus"]
