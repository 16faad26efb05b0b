"""Files as they arrive become typed raw rows; plain Python that knows nothing of Dagster."""
