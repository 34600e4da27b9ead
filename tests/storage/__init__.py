"""Tests of what is remembered, on real SQLite files."""
