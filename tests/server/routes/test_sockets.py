"""Several tasks of a socket, of which the first that ends decides."""

from __future__ import annotations

import asyncio

import pytest

from emoar.server.routes.sockets import first_code


async def ends(code: int | None) -> int | None:
    return code


async def fails() -> int | None:
    raise ConnectionError("gone")


@pytest.mark.parametrize(("first", "code"), [(ends(1008), 1008), (ends(None), None), (fails(), None)])
def test_the_first_that_ends_gives_the_code(first: object, code: int | None) -> None:
    cancelled: list[bool] = []

    async def waits() -> int | None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.append(True)
            raise
        return None

    assert asyncio.run(first_code(first, waits())) == code  # type: ignore[arg-type]
    assert cancelled == [True]
