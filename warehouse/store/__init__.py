"""A home and its working file: folders, settings, modes, who holds it, what is in schema raw."""
