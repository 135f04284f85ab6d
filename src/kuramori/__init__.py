"""Kuramori (蔵守): a security-camera recorder that does what the crime-prevention camera guideline asks."""

__version__ = "0.1.0"
