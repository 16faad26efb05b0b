"""What the proof finds: in the ledger, in what was given out, in what was given to us."""
