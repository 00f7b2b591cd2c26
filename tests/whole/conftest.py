"""What the tests of the whole need."""

from __future__ import annotations

import pytest

from tests.whole.archive import Archive, made, real


@pytest.fixture
def archive(request: pytest.FixtureRequest) -> Archive:
    """The archive that the test is parametrised with, by `tests.whole.archive.archives`."""
    return real() if request.param == "real" else made()
