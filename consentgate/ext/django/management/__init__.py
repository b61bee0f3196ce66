"""The commands that `manage.py` takes from consentgate."""
