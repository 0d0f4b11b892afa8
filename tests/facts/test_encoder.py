"""Sentences as vectors, and the file that keeps them."""

from __future__ import annotations

import gc
import logging
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from facts import encoder
from facts.encoder import DIMENSIONS, SentenceEncoder, VectorCache, Vectors, WrongWeights, shared_encoder


class Counting:
    """An encoder that notes what it was asked for: the vector of a text is its length, everywhere."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.asked += texts
        return np.array([[len(text)] * DIMENSIONS for text in texts], dtype=np.float32)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "vectors.npz"


def alike(a: str, b: str) -> float:
    first, second = shared_encoder().encode([a, b])
    return float(first @ second)


@pytest.mark.parametrize(
    ("text", "near", "far"),
    [
        ("how many people came", "what was the number of guests", "what does it cost"),
        ("how many people came", "来了多少人", "多少钱"),
        ("什么时候签约", "when was it signed", "who came"),
    ],
)
def test_sentences_of_one_meaning_lie_near_each_other(text: str, near: str, far: str) -> None:
    assert alike(text, near) > alike(text, far) + 0.1


def test_vectors_have_one_length_and_do_not_hang_on_their_company() -> None:
    texts = ["how many people came", "来了多少人", "x", ""]
    together = shared_encoder().encode(texts)
    assert together.shape == (4, DIMENSIONS)
    assert np.linalg.norm(together, axis=1) == pytest.approx(1.0, abs=1e-4)
    alone = np.concatenate([shared_encoder().encode([text]) for text in texts])
    assert np.abs(together - alone).max() < 1e-4


def test_no_texts_have_no_vectors() -> None:
    assert shared_encoder().encode([]).shape == (0, DIMENSIONS)
    assert VectorCache(Counting()).encode([]).shape == (0, DIMENSIONS)


def test_a_process_has_one_encoder() -> None:
    assert shared_encoder() is shared_encoder()


@pytest.mark.parametrize("name", sorted(encoder.WEIGHTS))
def test_other_weights_than_those_measured_are_refused(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(encoder.WEIGHTS, name, "0" * 64)
    with pytest.raises(WrongWeights, match=f"^{name} of the sentence encoder has the SHA-256 .*, not 0{{64}}"):
        SentenceEncoder()


def test_each_text_is_computed_once() -> None:
    counting = Counting()
    cache = VectorCache(counting)
    assert cache.encode(["a", "bb", "a"])[:, 0].tolist() == [1, 2, 1]
    assert cache.encode(["bb", "ccc"])[:, 0].tolist() == [2, 3]
    assert counting.asked == ["a", "bb", "ccc"]


def test_what_a_visitor_wrote_is_not_kept() -> None:
    counting = Counting()
    cache = VectorCache(counting)
    assert cache.encode_once("hello").shape == (DIMENSIONS,)
    cache.encode_once("hello")
    assert counting.asked == ["hello", "hello"]
    cache.encode(["held"])
    assert cache.encode_once("held")[0] == 4
    assert counting.asked == ["hello", "hello", "held"]


def test_the_next_start_computes_only_what_is_new(file: Path) -> None:
    first = VectorCache(Counting(), file)
    first.encode(["a", "bb", "gone"])
    first.keep_only(["a", "bb"])
    counting = Counting()
    again = VectorCache(counting, file)
    assert again.encode(["bb", "gone", "a"])[:, 0].tolist() == [2, 4, 1]
    assert counting.asked == ["gone"]
    assert [path.name for path in file.parent.iterdir()] == ["vectors.npz"]


def test_without_a_file_what_is_not_wanted_is_forgotten() -> None:
    counting = Counting()
    cache = VectorCache(counting)
    cache.encode(["a", "bb"])
    cache.keep_only(["a"])
    cache.encode(["a", "bb"])
    assert counting.asked == ["a", "bb", "bb"]


def test_a_cache_of_nothing_can_be_kept_and_read(file: Path) -> None:
    VectorCache(Counting(), file).keep_only([])
    counting = Counting()
    assert VectorCache(counting, file).encode(["a"])[0, 0] == 1
    assert counting.asked == ["a"]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # numpy leaves a broken file open
@pytest.mark.parametrize("content", [b"", b"no vectors", b"PK\x03\x04 half a file"])
def test_a_file_that_cannot_be_read_is_made_anew(file: Path, content: bytes, caplog: pytest.LogCaptureFixture) -> None:
    file.parent.mkdir()
    file.write_bytes(content)
    with caplog.at_level(logging.WARNING, "facts.encoder"):
        cache = VectorCache(Counting(), file)
    gc.collect()  # here, and not in another test
    assert "computed anew" in caplog.text
    cache.encode(["a"])
    cache.keep_only(["a"])
    counting = Counting()
    VectorCache(counting, file).encode(["a"])
    assert counting.asked == []


def test_where_the_file_cannot_be_written_it_goes_on(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be")
    cache = VectorCache(Counting(), tmp_path / "cache" / "vectors.npz")
    cache.encode(["a"])
    with caplog.at_level(logging.WARNING, "facts.encoder"):
        cache.keep_only(["a"])
    assert "can't be kept" in caplog.text
    assert cache.encode(["a"])[0, 0] == 1


def test_the_encoder_can_be_loaded_before_it_is_needed() -> None:
    asked: list[list[str]] = []

    class Counting:
        def encode(self, texts: Sequence[str]) -> Vectors:
            asked.append(list(texts))
            return np.zeros((len(texts), DIMENSIONS), dtype=np.float32)

    VectorCache(Counting()).load()
    assert len(asked) == 1
