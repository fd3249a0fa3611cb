"""`python -m mapping_engine.lsp`: the language server on standard input and output."""

from mapping_engine.lsp.features import serve

serve()
