"""Slack: what it sends becomes a Request, what the product says becomes blocks, and only here are its limits known."""
