"""Two records become one: the models are walked, what moves is planned, what was done is kept for the undo."""
