"""The mapping language: YAML with Jinja expressions, compiled to one Python function per mapping and export."""

from importer.mapping.program import Mapping, Program, load_mapping, read_mapping, shipped_sources

__all__ = ["Mapping", "Program", "load_mapping", "read_mapping", "shipped_sources"]
