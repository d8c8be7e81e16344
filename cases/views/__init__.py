"""Pages that record something about a nominal, and the register itself. Each makes one service call."""
