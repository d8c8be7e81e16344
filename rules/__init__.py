"""What law and guidance say, as pure functions of facts: no database, no clock, no settings."""
