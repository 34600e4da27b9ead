"""The practice workspace against Slack's rules, and with a real Bolt app on a real port."""
