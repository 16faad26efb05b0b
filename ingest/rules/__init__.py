"""Rules: the shipped rows and the region's own, judged and resolved by day."""
