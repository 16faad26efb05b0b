"""Why a figure can be believed: ledger, signature, proof, and the way back to file and row."""
