"""Everything that knows Microsoft Teams, on Microsoft's own SDK."""
