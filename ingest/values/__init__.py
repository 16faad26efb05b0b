"""Text to typed values, as SQL expressions over a trimmed cell.

Belongs here: what text counts as a number, date, time, yes, employee number, answer, and the reason
why not. A pattern matches a whole cell or refuses it. Does not belong here: which column holds what
(`ingest.recognising.layouts`), what a whole column tells (`ingest.recognising.styles`), the words
for the reasons (`ingest.reasons`).
"""
