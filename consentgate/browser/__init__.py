"""What holds the browser to the visitor's choice: the hosts that its pages may contact."""
