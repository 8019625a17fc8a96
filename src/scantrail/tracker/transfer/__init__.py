"""Tables in and out: components, tests, installations and connections from CSV files, and everything as an export."""

from scantrail.tracker.transfer.exporting import Exported, export
from scantrail.tracker.transfer.importing import Imported, import_table
from scantrail.tracker.transfer.whole import Export, import_export, is_export, read_export

__all__ = ["Export", "Exported", "Imported", "export", "import_export", "import_table", "is_export", "read_export"]
