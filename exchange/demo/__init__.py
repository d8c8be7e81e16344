"""The invented area of the demo: real organisations, invented people, and the published table of 31 March 2023.

Everything is a function of the day of loading and a seed; nothing else is random. Managed people are named after rocks
and minerals, staff after birds, so that everyone sees that they are invented.
"""
