"""Tests: stories over HTTP, golden messages, the layers by themselves, and the rules of the tree."""
