"""Inputs for the targets: the kept corpus, and what Hypothesis makes of its pieces."""

import re
from functools import cache
from pathlib import Path

from hypothesis import strategies as st

__all__ = ["CORPUS", "build_inputs", "read_corpus"]

CORPUS = Path(__file__).resolve().parent / "corpus"


@cache
def read_corpus(target: str) -> dict[str, bytes]:
    """Return the kept inputs of a target by name of their files."""
    return {
        path.name: path.read_bytes() for path in sorted((CORPUS / target).iterdir())
    }


def build_inputs(target: str) -> st.SearchStrategy[bytes]:
    """Build inputs from words and signs of the corpus, in any order, and junk."""
    kept = list(read_corpus(target).values())
    words = {word for data in kept for word in re.findall(rb"\w+|\W", data)}
    pieces = st.sampled_from(sorted(words)) | st.binary(max_size=4)
    mixed = st.lists(pieces, max_size=60).map(b"".join)
    cut = st.tuples(st.sampled_from(kept), st.integers(0, 200), mixed).map(
        lambda drawn: drawn[0][: drawn[1]] + drawn[2] + drawn[0][drawn[1] :]
    )
    return mixed | cut
