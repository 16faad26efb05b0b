"""Facts of a night to the pages that an auditor reads."""
