"""The mutation study: what becomes of mistakes planted in the bundled packs."""
