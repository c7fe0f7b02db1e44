"""What the words mean: statuses and their moves, roles, addresses, errors."""
