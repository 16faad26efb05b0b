"""Tests; a package so that the project's root, not this folder, is what imports are found in."""
