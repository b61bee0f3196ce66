"""What visitors see in a real browser: for everybody, whatever they see, hear or press."""
