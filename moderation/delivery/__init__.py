"""The worker: what sends webhooks and mail, and does what is due from time to time."""
