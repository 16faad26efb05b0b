"""A grid is recognised: layout, header, columns, and what settles what can be read two ways."""
