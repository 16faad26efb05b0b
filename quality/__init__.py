"""What must be true of a night's figures, who decides on it, and what an auditor reads of it."""
