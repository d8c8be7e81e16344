"""What the system administrator looks after: the numbers of the area, and how the system itself is."""
