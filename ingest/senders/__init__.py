"""What senders get: templates, rows to mend, lists of what waits."""
