"""Measurements of what the product promises about speed and memory."""
