"""What a home is and what lies in it: folders, catalog, state, generations, ledger.

Belongs here: everything that the other packages must agree on. Does not belong here:
parsing of files, judgement of data, Dagster, HTML.
"""
