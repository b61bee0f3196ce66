"""Puts the banner into the site's own HTML while a response passes."""
