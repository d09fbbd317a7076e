"""`python -m importer` is the `importer` command."""

from importer.cli import main

main()
