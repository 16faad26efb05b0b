"""The one description of every source, rule and table, and what is written from it."""
