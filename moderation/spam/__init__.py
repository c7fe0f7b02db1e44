"""Judges submissions: signals, the score they add up to, and the verdict."""
