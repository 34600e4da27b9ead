"""Everything that knows Slack, Teams, HTTP or the environment."""
