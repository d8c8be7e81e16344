"""Pages about lists that agencies send."""
