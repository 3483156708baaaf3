"""The demo world's own networks: they take every answer and show it to nobody."""
