"""Checking rule files without running them."""

from mapping_engine.checks.files import Checked, check, check_all
from mapping_engine.checks.selection import Options

__all__ = ["Checked", "Options", "check", "check_all"]
