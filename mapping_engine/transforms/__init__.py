"""The transforms a rule may apply: each is declared once, beside its function."""

from mapping_engine.transforms.declare import Example, Flow, Json, Parameter, Rejected, Transform
from mapping_engine.transforms.registry import FAMILIES, REGISTRY

__all__ = ["FAMILIES", "REGISTRY", "Example", "Flow", "Json", "Parameter", "Rejected", "Transform"]
