"""The recorder's Django side: the index of what it recorded, its journal taken in, its settings and orders."""
