"""Measurements, each run by `python -m bench NAME`; no test depends on what they say."""
