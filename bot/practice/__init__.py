"""The local Slack-compatible workspace: it knows the bot only by URL, as Slack does."""
