"""Checking rule files without running them."""

from mapping_engine.checks.catalogue import Options, in_project
from mapping_engine.checks.files import Checked, check, check_all

__all__ = ["Checked", "Options", "check", "check_all", "in_project"]
