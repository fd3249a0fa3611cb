"""The interpreter of the jmespath package, with one function that says nothing of nothing.

Imported only when a selector is more than a path: it takes long to import.
"""

from __future__ import annotations

import json
from typing import Any

from jmespath.functions import Functions, signature
from jmespath.visitor import Options, TreeInterpreter


class _Functions(Functions):
    """Those of the package, but what is missing does not become the text `null`."""

    @signature({"types": []})
    def _func_to_string(self, value: Any) -> str | None:
        if value is None or isinstance(value, str):
            return value
        return json.dumps(value, separators=(",", ":"))


INTERPRETER = TreeInterpreter(Options(custom_functions=_Functions()))
