"""Measurements: each page beside the same rows by raw SQL, and beside a bare page, in one run."""
