"""`{% load portal_words %}`: durations as visitors read them."""

from __future__ import annotations

from django import template

from portal.words import lasting

register = template.Library()
register.filter("lasting", lasting)
