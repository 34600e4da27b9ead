"""How fast and how large the product is, beside the bare floor: `make bench`."""
