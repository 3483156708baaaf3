"""Open memory: a workspace, a person or a stream as documented JSON Lines, and back into an equal workspace.

What a file holds stands in ``records.py`` and, for people, in docs/export.md; a test compares the two.
"""
