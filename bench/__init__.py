"""Measurements with bars: `python -m bench` (make bench). Tools of this package are no part of the
product."""
