"""Real servers, started as processes: what the gate keeps in, on the bytes that leave a socket."""
