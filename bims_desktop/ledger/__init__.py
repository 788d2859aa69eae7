"""Where record digests are kept, and the proofs that they are."""
