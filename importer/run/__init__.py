"""The straight line brought together: plan, send, settle, verify. The modules, in the order in which orders meet them:

Map     `line` file to checked bodies; `jsonl` as data; `parallel` in parts; `pseudonymise` as nobody's; `accounting`
        what the mapping read, set and used
Plan    `plan` the verdict; `delta` against what was sent; `resume` a plan that still holds; `doctor` the store itself
Send    `apply` all of it, `rightful` whether this ledger may; `submit` the loop, with `intake` what comes next,
        `parcel` made ready, `protocol` what a row may become, `crew` the threads, `outlook` how long, `interrupt`
        Ctrl-C, `settings` what it is told; `parking` those that wait; `distributed` and `shared_pacing` on several
        machines
Settle  `resolve` what is in doubt; `reconcile` the listing after the last order
Hang    `after` shipments and metafields
Change  `update` by PUT, with `revision` its body and `claims`, `parts` what is compared; `undo`
Prove   `verify`, with `sides` what it compares and `reading` how it reads; `standing` a ledger for a report
Author  `authoring` the tools of whoever writes a mapping
Keep    `snapshot` the store's customers and catalogue; `forget` a person
"""
