"""Bytes become a grid of cells that keep their type."""
