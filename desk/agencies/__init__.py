"""Agencies: who takes part, by whom each is reached, what it has signed, and who takes whose place."""
