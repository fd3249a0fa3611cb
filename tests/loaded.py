"""Bundled packs, loaded once for all tests of a process: a mapping does not change."""

from functools import cache

from mapping_engine import load

loaded = cache(load)
