"""The time door: rings what is due, and carries what the community has put in its outbox."""
