"""The oracle: the contract's formulas in plain Python, written from the contract's words alone.

Here belongs a second, slow and literal computation of every published figure from the files of a
home: csv, openpyxl, decimal, math and statistics, no SQL and no data frames. It shares no code
with the product and never looks at its models; where the two differ, one of them has misread the
contract. What does not belong here: reading published tables (`tests/test_recompute.py` does).
"""
