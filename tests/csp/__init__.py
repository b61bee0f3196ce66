"""The gate's own Content-Security-Policy, without a browser."""
