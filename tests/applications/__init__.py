"""Whole applications that others wrote, used behind the gate as a person would use them."""
