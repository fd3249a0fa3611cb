"""Which keys and texts are personal data, whatever an event is about."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property

from mapping_engine.frozen import Frozen

_WORDS = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|[^\W\d_A-Za-z]+")
_LONGEST = 128
NAME = "name"
"""What is somebody's name behind the word for a person: `customer_name`."""


def fold_name(name: str) -> str:
    """A key without case, ``_``, ``-`` and spaces: ``firstName`` and ``first_name`` are one."""
    return name.casefold().replace("_", "").replace("-", "").replace(" ", "")


class Personal(Frozen):
    """How personal data is known by its key, at any depth, or by its look."""

    names: Mapping[str, str]
    """Folded key to kind of personal data."""
    patterns: tuple[str, ...] = ()
    """Regular expressions; a text that holds what one of them matches is personal data."""
    persons: frozenset[str] = frozenset()
    """Words for a person: what lies in such an object is personal, and so is a name behind it."""
    qualifiers: frozenset[str] = frozenset()
    """Words that make the name behind them that of a person's: `billing_address`."""
    endings: frozenset[str] = frozenset()
    """Kinds whose names are personal behind any words: `order_email`."""

    def names_data(self, key: str) -> bool:
        """Whether a key is the name of personal data, or ends with one that it makes personal."""
        folded = fold_name(key)
        if folded in self.names:
            return True
        if len(key) > _LONGEST or not (self.endings or self._before):
            return False
        words = [word.casefold() for word in _WORDS.findall(key)]
        ends = any(
            self._is_personal(words[place - 1], "".join(words[place:]))
            for place in range(1, len(words))
        )
        return ends or any(
            folded.startswith(word) and self._is_personal(word, folded[len(word) :])
            for word in self._before
        )

    def is_person(self, key: str) -> bool:
        """Whether a key names a person, or several."""
        folded = fold_name(key)
        return folded in self.persons or folded.removesuffix("s") in self.persons

    def names_person(self, path: tuple[str, ...]) -> bool:
        """Whether a path is one of a person's data: more than a place of a name like `city`."""
        *above, last = path
        if not above or self.names.get(fold_name(last)) in self.endings:
            return True
        return any(self.is_person(each) or self.names_data(each) for each in above)

    def _is_personal(self, word: str, name: str) -> bool:
        """Whether a name is personal behind a word."""
        kind = self.names.get(name)
        if kind is not None and kind in self.endings:
            return True
        return word in self._before and (kind is not None or name == NAME)

    @cached_property
    def _before(self) -> frozenset[str]:
        return self.persons | self.qualifiers

    def as_table(self) -> dict[str, object]:
        """The same as JSON, which rules read as ``$tables.personal``."""
        return {
            "names": dict(self.names),
            "patterns": list(self.patterns),
            "persons": sorted(self.persons),
            "qualifiers": sorted(self.qualifiers),
            "endings": sorted(self.endings),
        }


def personal_of(table: Mapping[str, object]) -> Personal:
    """What :meth:`Personal.as_table` made a table of; what is not in it, is not known."""
    names = table.get("names")
    texts = {
        key: _texts(table.get(key)) for key in ("patterns", "persons", "qualifiers", "endings")
    }
    return Personal(
        {key: str(kind) for key, kind in names.items()} if isinstance(names, dict) else {},
        texts["patterns"],
        *(frozenset(texts[key]) for key in ("persons", "qualifiers", "endings")),
    )


def _texts(value: object) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, list) else ()
