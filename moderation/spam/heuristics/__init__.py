"""One file per heuristic: a pure function that looks for one signal."""
