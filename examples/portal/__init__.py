"""A French town's open-data portal on Django, behind consentgate."""
