"""One pipeline for all tests of photos."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from emoar import Pipeline, PipelineOptions


@pytest.fixture(scope="module")
def photo_pipeline() -> Iterator[Pipeline]:
    with Pipeline(PipelineOptions(mode="photo")) as pipeline:
        yield pipeline
