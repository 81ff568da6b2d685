"""Measurements, always side by side with a peer in the same run; figures are ratios."""
