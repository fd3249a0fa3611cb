"""Where the commands begin: what makes a short-lived process quick is set before anything else.

Reading rules makes many small objects, and nearly none of them is garbage before the command ends.
"""

from __future__ import annotations

import gc
import sys

_THRESHOLDS = (100_000, 50, 100)
_INTERRUPTED = 130
"""`Status.INTERRUPTED`, before anything is imported."""


def mapping_engine() -> None:
    """The command `mapping-engine`."""
    try:
        from mapping_engine.cli.main import main  # Ctrl-C may come before it is imported
    except KeyboardInterrupt:
        sys.exit(_INTERRUPTED)
    main()


def rules_check() -> None:
    """The command `rules-check`."""
    gc.set_threshold(*_THRESHOLDS)
    try:
        from mapping_engine.cli.rules_check import main  # the first objects are made here
    except KeyboardInterrupt:
        sys.exit(_INTERRUPTED)
    main()
