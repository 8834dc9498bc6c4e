"""A fedlua script on Flower, by Flower's public API alone."""
