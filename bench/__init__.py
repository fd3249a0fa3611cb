"""Measurements: how good and how fast the engine and its checks are."""
