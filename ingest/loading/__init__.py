"""Deliveries become raw rows, each line with its fate; `check` is a load without a load."""
