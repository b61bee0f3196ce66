"""The extensions for frameworks: settings, order, log-in before any choice."""
