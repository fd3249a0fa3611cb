"""Packs that were read before: kept for the next process, where only their user can write."""
