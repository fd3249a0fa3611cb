"""Secrets beside the settings: where they lie, and that nothing else reads them there."""

from __future__ import annotations

from mapping_engine.core.inference import Inference
from mapping_engine.core.model import SECRETS
from mapping_engine.diagnostics import Severity
from mapping_engine.file.documents import MappingFile
from mapping_engine.file.shapes import Named
from mapping_engine.file.value_blocks import ValueBlock
from mapping_engine.types.type import SECRET


def located_secrets(file: MappingFile) -> dict[str, Named[ValueBlock]]:
    """The secrets that lie elsewhere, as definitions: ``$secrets.name`` is the name of one."""
    return {
        f"{SECRETS}.{entry.name}": Named(
            entry.key, ValueBlock(span=entry.value.span, value=entry.value.from_)
        )
        for entry in file.secrets or ()
        if entry.value is not None and entry.value.from_ is not None
    }


def check_secrets(found: Inference) -> None:
    """Report secrets that lie where rules may read them as something else (PI10)."""
    for request in found.model.requests:
        parts = request.request.auth.parts if request.request.auth is not None else ()
        types = [found.facts.type_of(part) for part in parts]
        is_told = any(made.personal_kinds for made in types)  # by PI02
        if parts and not is_told and not any(SECRET in made.spreading for made in types):
            message = "what `auth` sends is no secret, as far as the rules know"
            help = "mark the setting with `x-secret`, or name the one that is marked"
            span = parts[-1].span
            found.diagnostics.report("PI10", message, span, help=help, lighter=Severity.WARNING)
    for name, block in found.model.secrets.items():
        made = found.facts.names.get(f"{SECRETS}.{name}")
        if block.from_ is not None and made is not None and SECRET not in made.tags:
            found.diagnostics.report(
                "PI10",
                f"the secret `{name}` lies where nothing says that it is one",
                block.from_.extent.span,
                help="declare the path as `secret text` in the vocabulary, or mark the setting "
                "with `x-secret`",
            )
