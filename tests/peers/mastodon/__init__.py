"""Servers that speak Mastodon's API: somebody else's mock as it is, and a fake of our own for what that gets wrong."""
