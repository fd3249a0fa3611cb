"""The secrets that a mapping is given: each under a declared name, and never shown."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from mapping_engine.core.model import Model
from mapping_engine.diagnostics import did_you_mean, listed
from mapping_engine.engine.run import present
from mapping_engine.engine.violations import found_kind
from mapping_engine.errors import ConfigurationError, ErrorCode

NO_SECRETS: Mapping[str, str] = MappingProxyType({})
_BROKEN = re.compile("[\ud800-\udfff]").search


def accept_secrets(model: Model, secrets: object) -> dict[str, str]:
    """A copy of ``secrets``.

    Raises ConfigurationError (CF05) that names the secret and has the other mistakes beside it.
    """
    wanted = {name: each for name, each in model.secrets.items() if each.from_ is None}
    if not isinstance(secrets, Mapping):
        raise _invalid(f"the secrets of {model.title} are {found_kind(secrets)}, not an object")
    mistakes = [_unknown(name, wanted) for name in secrets if name not in wanted]
    for name, block in wanted.items():
        value = secrets.get(name)
        if present(value) is None and not block.optional:
            help = block.description.text if block.description else None
            mistakes.append(_invalid(f"secret `{name}` is missing", help, name))
        elif value is not None and not _is_text(value):
            message = f"secret `{name}` is {found_kind(value)}; accepted: a text"
            mistakes.append(_invalid(message, None, name))
    if mistakes:
        first, *others = mistakes
        first.others = tuple(others)
        raise first
    return {name: secrets[name] for name in wanted if present(secrets.get(name)) is not None}


def _is_text(value: object) -> bool:
    """Whether a value is a text that UTF-8 can hold."""
    return type(value) is str and not _BROKEN(value)


def _unknown(name: object, wanted: Mapping[str, object]) -> ConfigurationError:
    """A name that is not declared: it is not shown, since it may be a secret itself."""
    near = did_you_mean(name, wanted) if isinstance(name, str) else None
    return _invalid("a secret of another name is given", near or f"declared: {listed(wanted)}")


def _invalid(message: str, help: str | None = None, path: str | None = None) -> ConfigurationError:
    return ConfigurationError(ErrorCode.SECRETS_INVALID, message, path=path, help=help)
