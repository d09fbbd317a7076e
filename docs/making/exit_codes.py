"""The reference of exit codes; a test holds it to the errors and the verbs."""

from __future__ import annotations

from making.table import MADE

EXIT_CODES = {
    0: ("done", ""),
    1: (
        "some orders were refused or rejected, the verdict is no-go, or the proof does not hold",
        "read the causes; mend; run again",
    ),
    2: (
        "the command, the mapping, the export or the ledger cannot be used",
        "the message on stderr says what and where",
    ),
    3: (
        "orders are left in doubt, in conflict or unsent, or the store does not list each once; a ledger's database"
        " went away, or another worker took over",
        "run again; `importer status` names conflicts, the run what it found in the store",
    ),
    4: (
        "the store refuses (token, scope, suspension) or gives no good answer",
        "mend the API account, or wait; run again to resume",
    ),
    130: ("interrupted", "run again to resume"),
    143: ("ended by SIGTERM; a run that was sending ends with 130", "run again"),
    141: ("whoever read the output has left, such as `head`", ""),
}
"""Exit code -> what it means, and what to do."""


def exit_codes_reference() -> str:
    """The table of exit codes."""
    lines = ["# Exit codes", "", MADE, "", "| code | means | what to do |", "|---|---|---|"]
    lines += [f"| {code} | {meaning} | {todo} |" for code, (meaning, todo) in EXIT_CODES.items()]
    order = (
        "When several hold for a run, the store's refusal (4) comes first, then the interruption (130), then 3, then 1."
    )
    told = (
        "A no-go and a run that left orders behind both end with 1. After a no-go nothing was sent: stderr says so,"
        " stdout is empty, and with --json the event `plan` has the verdict."
    )
    return "\n".join([*lines, "", order, "", told, ""])
