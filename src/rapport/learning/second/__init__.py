"""A second look: a slower stage for the least sure posts, later and upward only, in a loop of its own."""
