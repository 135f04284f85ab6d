"""Talking to a camera's management side. Runs only inside a short-lived worker; imports no Django."""
