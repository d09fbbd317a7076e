"""file -> SourceRow -> SourceOrder: exports read as they are, streamed, one order in memory at a time."""

from importer.sources.cuts import ORDERS_EACH, parts_of
from importer.sources.detection import detect, format_of
from importer.sources.export import Export, open_export
from importer.sources.files import ExportFiles, export_files, named_files
from importer.sources.grouping import group
from importer.sources.header import columns_of
from importer.sources.joining import Strays
from importer.sources.keys import PartKeys, SeenKeys
from importer.sources.part import Part, joined, orders_of
from importer.sources.unchanged import unchanged

__all__ = [
    "ORDERS_EACH",
    "Export",
    "ExportFiles",
    "Part",
    "PartKeys",
    "SeenKeys",
    "Strays",
    "columns_of",
    "detect",
    "export_files",
    "format_of",
    "group",
    "joined",
    "named_files",
    "open_export",
    "orders_of",
    "parts_of",
    "unchanged",
]
