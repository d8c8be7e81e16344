"""Accounts and roles: the pages of the system administrator, and the invitation that opens an account."""
