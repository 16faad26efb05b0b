"""Building by slices equals building whole."""
