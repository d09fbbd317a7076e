"""The tools of whoever writes a mapping.

`infer` a first one from an export; `columns` both ways; `cases` its own tests; `explain` a value, back to its cell;
`compare` two mappings, or two exports; `watch` what an edit changes.
"""
