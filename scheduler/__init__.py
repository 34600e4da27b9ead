"""When things happen: occurrences and delivery; no SQL text, no platform."""
