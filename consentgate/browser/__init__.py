"""What holds the browser itself to the visitor's choice, made of the same declaration."""
