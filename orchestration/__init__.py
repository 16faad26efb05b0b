"""Wiring: Dagster definitions and the command line. No parsing, no SQL, no HTML lives here."""
