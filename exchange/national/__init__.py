"""A register of the whole country, invented: to measure the pages with as many people as a real one would hold."""
