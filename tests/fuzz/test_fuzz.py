"""The short form of the fuzzing: the kept corpus, and some inputs made of it.

``nox -s fuzz`` runs the same targets for longer, by atheris too.
"""

import pytest
from fuzz_inputs import CORPUS, build_inputs, read_corpus
from fuzz_targets import TARGETS
from hypothesis import given, settings


def test_each_target_has_a_corpus() -> None:
    """And each corpus has a target."""
    assert {*TARGETS} == {path.name for path in CORPUS.iterdir()}


@pytest.mark.parametrize("target", TARGETS)
def test_corpus(target: str) -> None:
    """Nothing that was once found comes back (bar 95)."""
    corpus = read_corpus(target)
    for data in corpus.values():
        TARGETS[target](data)
    assert corpus


@pytest.mark.parametrize("target", TARGETS)
def test_any_input(target: str) -> None:
    """Only documented exceptions, and results as a slow reference has them (bar 95)."""
    tried: list[bytes] = []

    @given(build_inputs(target))
    @settings(max_examples=50, deadline=None)
    def check(data: bytes) -> None:
        tried.append(data)
        TARGETS[target](data)

    check()
    assert len({*tried}) > 1
