"""Proofs of reliability that kill, cut and spoil the running service, and count what is lost."""
