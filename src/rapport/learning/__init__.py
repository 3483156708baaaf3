"""Learning: what a workspace's people answer and correct teaches a model of its own, over the one that is shipped."""
