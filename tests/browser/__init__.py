"""A real browser behind the gate: what its cookie jar holds is the judge."""
