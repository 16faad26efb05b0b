"""What is published: generations, the swap, and what the ledger says stands."""
