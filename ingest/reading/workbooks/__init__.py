"""Spreadsheets become line files, read in a bounded process of their own."""
