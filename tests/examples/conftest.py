"""What the tests of the session examples share."""

import pytest
from running import Example
from visiting import Visitor


@pytest.fixture
def visitor(example: Example) -> Visitor:
    """Return somebody who was never at the example, a fixture of the module."""
    return Visitor(example)
