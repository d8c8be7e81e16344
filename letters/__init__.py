"""What leaves the system: the outbox, e-mail, and documents as PDF and Word."""
