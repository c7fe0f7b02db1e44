"""Moving in: comments of another system, checked, stored once, and learnt from."""
