"""Real caches in front of a real server."""
