"""file -> SourceRow -> SourceOrder: exports read as they are, streamed, one order in memory at a time."""

from importer.sources.detection import detect, format_of
from importer.sources.export import Export, open_export
from importer.sources.grouping import group
from importer.sources.header import columns_of

__all__ = ["Export", "columns_of", "detect", "format_of", "group", "open_export"]
