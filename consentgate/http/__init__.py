"""HTTP header fields as browsers and caches read and write them; standard library only."""
