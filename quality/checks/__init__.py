"""What must be true of a night, and who finds out."""
