"""Notices: who is told of what, by which way, and when. Readers of Events; each thing once."""
