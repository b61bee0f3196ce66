"""A tiny site per framework behind the gate; the documentation shows their very code."""
