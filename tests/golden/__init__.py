"""Every message and form of the product as each platform gets it, in both languages; written by --golden."""
