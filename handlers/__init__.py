"""What the product does, with no word of Slack, Teams or HTTP."""
