"""What `consentgate.testing` and its pytest plugin give to a site's own tests."""
