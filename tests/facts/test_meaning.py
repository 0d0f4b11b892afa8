"""The learned space."""

from __future__ import annotations

import gc
from pathlib import Path

import numpy as np
import pytest

from facts.encoder import DIMENSIONS, Vectors
from facts.meaning import AXES, NO_SPACE, Space, load_space
from tests.helpers.handmade import encoder, space


def some_space(seed: int = 1) -> Space:
    numbers = np.random.default_rng(seed)
    return Space(
        numbers.normal(size=DIMENSIONS).astype(np.float32), numbers.normal(size=(DIMENSIONS, AXES)).astype(np.float32)
    )


def placed(*texts: str) -> Vectors:
    return space().place(encoder().encode(texts))


@pytest.mark.parametrize("shape", [(DIMENSIONS,), (1, DIMENSIONS), (5, DIMENSIONS), (0, DIMENSIONS)])
def test_vectors_are_placed_at_length_one(shape: tuple[int, ...]) -> None:
    vectors = np.random.default_rng(2).normal(size=shape).astype(np.float32)
    there = some_space().place(vectors)
    assert there.shape == (*shape[:-1], AXES)
    assert np.linalg.norm(there, axis=-1) == pytest.approx(1.0, abs=1e-5)


def test_the_middle_itself_has_no_direction() -> None:
    assert not some_space().place(some_space().middle).any()


def test_the_stand_in_places_everything_at_nothing() -> None:
    assert not NO_SPACE.place(np.ones(DIMENSIONS, np.float32)).any()


def test_what_was_saved_is_read_again(tmp_path: Path) -> None:
    some_space().save(tmp_path / "space.npz")
    read = load_space(tmp_path / "space.npz")
    assert isinstance(read, Space)
    assert read.middle == pytest.approx(some_space().middle, abs=5e-3)
    assert np.abs(read.axes - some_space().axes).max() < 5e-3


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # numpy leaves a broken file open
@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "this file is missing; ./scripts/benchmark fit makes it."),
        (b"", "this file can't be read ("),
        (b"no space", "this file can't be read ("),
        (b"PK\x03\x04 half a file", "this file can't be read ("),
        ({"middle": np.zeros(DIMENSIONS)}, "this file can't be read ("),
        ({"middle": np.zeros(3), "axes": np.zeros((3, 2))}, "this file has another shape than 512 by "),
        ({"middle": np.zeros(DIMENSIONS), "axes": np.zeros((DIMENSIONS, 2))}, "this file has another shape than 512 by "),
    ],
)  # fmt: skip
def test_what_is_wrong_with_the_file_is_said(
    tmp_path: Path, content: bytes | dict[str, Vectors] | None, said: str
) -> None:
    file = tmp_path / "space.npz"
    if isinstance(content, bytes):
        file.write_bytes(content)
    elif content is not None:
        np.savez_compressed(file, **content)  # type: ignore[arg-type]
    found = load_space(file)
    gc.collect()  # here, and not in another test
    assert isinstance(found, str)
    assert found.startswith(said)


@pytest.mark.parametrize(
    ("one", "same", "other"),
    [
        ("when did xining sign with utah", "西宁什么时候和犹他州签约", "how many people came to the forum"),
        ("could you please tell me who came", "who came", "could you please tell me what it costs"),
        ("论坛有多少人", "请问一下，论坛一共来了多少人呢", "请问一下，寄宿要多少钱呢"),
    ],
)
def test_questions_for_one_fact_lie_together_in_the_shipped_space(one: str, same: str, other: str) -> None:
    here, near, far = placed(one, same, other)
    assert here @ near > here @ far + 0.2
