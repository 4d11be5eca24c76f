"""Synthetic days, played through the real services with the time handed in."""
