"""The rules: what may leave and what may be read, for one policy and one visitor."""
