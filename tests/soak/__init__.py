"""The soak: everything speaks to Rapport at once, everything goes wrong meanwhile, and every message is accounted for.

``make soak`` runs it for half an hour; ``test_soak.py`` is its short form. ``ledger`` says what must be true at the end.
"""
