"""`importer check`: lint a mapping, with an export its columns too."""

from __future__ import annotations

import click

from importer.cli.options import MAYBE_EXPORT
from importer.cli.telling import tell
from importer.errors import Finding, ImporterError, MappingError
from importer.mapping import Mapping, read_mapping
from importer.report.fields import nowhere_text
from importer.run.authoring.columns import Fit, fit
from importer.sources import ExportFiles


@click.command("check")
@click.argument("mapping")
@MAYBE_EXPORT
@click.option("--orders", default=10_000, show_default=True, help="Orders of FILE to read, 0 for all.")
@click.option("--show-code", is_flag=True, help="Print the Python function that the mapping compiles to.")
@click.pass_context
def command(context: click.Context, mapping: str, export: ExportFiles | None, orders: int, show_code: bool) -> None:
    """Find every mistake in MAPPING at once, each at file:line:column.

    With FILE, also the columns that the mapping reads and FILE lacks, and what is no mistake but deserves a look: paths
    of JSON that no order has, columns of the lines that are read of the order, and columns with data that no field
    carries, with the lines to paste that ignore them. Exit code 2 when there is a mistake.
    """
    loaded = read_mapping(mapping)
    fitted = _fit(export, loaded, orders)
    findings = fitted.findings if fitted else loaded.findings
    if show_code:
        click.echo(fitted.code if fitted else loaded.code)
    else:
        _show(loaded, export, fitted, findings)
    context.exit(MappingError.exit_code if findings else 0)


def _fit(export: ExportFiles | None, loaded: Mapping, orders: int) -> Fit | None:
    """The mapping against the export. Of an export that cannot be read, the mapping's own mistakes come first."""
    if export is None:
        return None
    try:
        return fit(export, loaded, orders)
    except ImporterError:
        _list(loaded.findings)
        raise


def _show(loaded: Mapping, export: ExportFiles | None, fitted: Fit | None, findings: list[Finding]) -> None:
    _list(findings)
    if fitted and fitted.differing:
        tell("The same for every line of an order, though the lines differ in it:")
        for finding in fitted.differing:
            tell(f"  {finding}")
    if fitted and export and fitted.absent:
        tell(f"Read by the mapping, and in no order of {export.name} ({fitted.source.orders:,} orders read):")
        for finding in fitted.absent:
            tell(f"  {finding}")
    if fitted and export:
        for line in nowhere_text(fitted.source, fitted.nowhere, export.name):
            tell(line)
    if findings:
        tell(f"importer: {len(findings)} mistake{'' if len(findings) == 1 else 's'}", err=True)
    else:
        tell(f"{loaded.spec.path}: no mistakes found" + (f"; it fits {export.name}" if export else ""))


def _list(findings: list[Finding]) -> None:
    for finding in findings:
        tell(str(finding))
