"""The visitor's side as values: requests in, responses out; no server and no framework."""
