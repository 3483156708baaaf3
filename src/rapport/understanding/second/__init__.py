"""A second look, its pure part: what leaves the house and how its answer is read; a sentence encoder; neighbours."""
