"""`python -m importer.sandbox`: how `process.start` runs a sandbox.

The configuration comes as one line of JSON on stdin, so that no token is ever seen in a process list; the end of stdin
ends the sandbox.
"""

from __future__ import annotations

import json
import sys

from importer.errors import UsageError
from importer.sandbox.config import Config
from importer.sandbox.serving import serve


def main() -> int:
    """Serve what stdin describes; 2 and one line on stderr where it cannot be served."""
    try:
        serve(Config(**json.loads(sys.stdin.readline())), until=sys.stdin)
    except UsageError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
