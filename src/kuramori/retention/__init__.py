"""Erasure as people see it: certificates from the recorder's rotations, and earlier erasure by order."""
