"""The recorder's Django side.

The index of what it recorded, its journal taken in, its settings and orders.
"""
