"""What lies in landing: deliveries, their place and order, and which of them are new."""
