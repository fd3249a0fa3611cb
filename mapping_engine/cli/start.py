"""Where the commands begin: what makes a short-lived process quick is set before anything else.

Reading rules makes many small objects, and nearly none of them is garbage before the command ends.
"""

from __future__ import annotations

import gc

_THRESHOLDS = (100_000, 50, 100)


def rules_check() -> None:
    """The command `rules-check`."""
    gc.set_threshold(*_THRESHOLDS)
    from mapping_engine.cli.rules_check import main  # the first objects are made here

    main()
