"""Packs, settings and editor schemas to begin with."""

from mapping_engine.new.pack import new_pack
from mapping_engine.new.settings import settings_skeleton

__all__ = ["new_pack", "settings_skeleton"]
