"""The loaded models: one thread at a time, and none after they are freed."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from emoar.errors import InputError
from emoar.perception.stages import Stages

WAIT_S = 60.0


@pytest.fixture
def stages() -> Iterator[Stages]:
    loaded = Stages("emoar-s", None, 0.5, 1)
    yield loaded
    loaded.close()


def test_threads_take_turns(stages: Stages) -> None:
    inside, most = list[int](), list[int]()

    def work(number: int) -> None:
        for _ in range(20):
            with stages.in_turn():
                inside.append(number)
                most.append(len(inside))
                inside.remove(number)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(WAIT_S)
    assert (len(most), max(most)) == (80, 1)


def test_freed_models_are_not_used_and_can_be_freed_again(stages: Stages) -> None:
    stages.close()
    stages.close()
    with pytest.raises(InputError, match="the pipeline is closed"), stages.in_turn():
        pass


def test_an_error_inside_lets_the_next_one_in(stages: Stages) -> None:
    with pytest.raises(ZeroDivisionError), stages.in_turn():
        raise ZeroDivisionError
    with stages.in_turn():
        pass
