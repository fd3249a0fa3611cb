"""Checking rule files without running them."""

from mapping_engine.checks.files import Checked, check, check_all

__all__ = ["Checked", "check", "check_all"]
