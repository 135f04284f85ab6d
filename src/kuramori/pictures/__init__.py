"""Picture workers: everything that decodes or encodes runs in a short-lived process of its own."""
