"""Long proofs, run by `make proof`; CI runs a short form of each."""
