"""The template tag libraries of consentgate."""
