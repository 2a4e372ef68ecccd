"""Puts the service together; the only package that knows everything."""
