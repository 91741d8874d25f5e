"""What the carts of the tests hold."""
