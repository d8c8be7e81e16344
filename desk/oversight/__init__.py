"""What information governance works with: the access log, the change log, and looks that stand out."""
