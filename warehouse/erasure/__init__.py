"""Personal data that has to go, and stay gone."""
