"""A BigCommerce store on this machine: the other side of the wire.

Written from the API's documents, never from our own client, so that a wrong belief is not held on both sides;
nothing of the package is imported here but `importer.errors`.

One request goes: server (the wire) -> sandbox (token, quota, faults) -> routes -> orders -> checks, state -> answer.
`process.start` runs it in a process of its own; `importer sandbox` does so by hand.
"""
