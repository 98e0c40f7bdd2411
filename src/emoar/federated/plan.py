"""The settings of a federation: what clients compute, how their updates are combined, and with which protection."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import Annotated, Any, Final, Literal, get_type_hints

from msgspec import Meta

from emoar.config import convert
from emoar.errors import InputError

__all__ = ["LEAST_SECURE", "LocalPlan", "Part", "Plan", "StrategyName", "fewest_clients", "quiet_clip"]

StrategyName = Literal["fedavg", "fedprox", "fedadam", "fedmedian", "trimmed-mean", "krum"]
Part = Literal["head", "block", "stage", "all"]

LEAST_SECURE: Final = 3  # clients in a sum that hides single updates
_Count = Annotated[int, Meta(ge=1)]
_MostEpochs = Annotated[int, Meta(ge=1, le=1000)]  # a server that asks for more would keep its nodes busy for ever
_NotNegative = Annotated[float, Meta(ge=0)]
_Positive = Annotated[float, Meta(gt=0)]
_NEED_SINGLE: Final = ("fedmedian", "trimmed-mean", "krum")  # compare the updates of clients with each other
_LARGEST_CLIP: Final = 0.3  # few updates of a head are larger
_LARGEST_NOISE: Final = 1.0  # L2 norm; the trained head of emoar-s has 4.4. Both were chosen on PublicTest of FER2013


@dataclass(frozen=True)
class LocalPlan:
    """What a client computes in a round.

    Raises:
        InputError: a value is out of range.
    """

    epochs: _MostEpochs = 1  # passes over the client's faces
    batch_size: _Count = 32  # faces a step; with example-level privacy their expected number
    lr: _Positive = 0.1  # learning rate of SGD
    proximal: _NotNegative = 0.0  # mu of FedProx: pulls the weights back to those of the round
    clip_norm: _NotNegative = 0.0  # the client scales its update down to this L2 norm; 0 is off
    example_clip: _Positive = 1.0  # example-level privacy: clipping norm of the gradient of one face

    def __post_init__(self) -> None:
        _check(self)

    def sampling(self, examples: int) -> tuple[float, int]:
        """Example-level privacy: the probability with which each of a client's faces is in a step, and the steps of a
        round."""
        rate = min(1.0, self.batch_size / examples)
        return rate, max(1, round(self.epochs / rate))


@dataclass(frozen=True)
class Plan:
    """A federation, from its first round to its last.

    Raises:
        InputError: a value is out of range, or values exclude each other.
    """

    rounds: _Count = 20
    part: Part = "head"  # what is trained: the head, also the last block or stage, or the whole network
    label_set: str = "fer2013"  # whose head is trained
    strategy: StrategyName = "fedavg"
    rate: Annotated[float, Meta(gt=0, le=1)] = 1.0  # probability with which each client is in a round
    least_clients: _Count = 1  # a round with fewer accepted updates keeps the old model
    server_lr: _Positive = 1.0  # fedadam: step size; others: factor of the mean update
    trim: Annotated[float, Meta(ge=0, lt=0.5)] = 0.1  # trimmed-mean: share that is cut at each end
    malicious: Annotated[int, Meta(ge=0)] = 1  # krum: clients that may be malicious
    largest_norm: _Positive = 10.0  # an update with a larger L2 norm is refused
    most_examples: _Count = 1000  # a client that claims more faces counts as this many
    noise: _NotNegative = 0.0  # client-level privacy: noise multiplier of the sum; 0 is off
    clients: Annotated[int, Meta(ge=0)] = 0  # client-level privacy: expected number of clients, fixed beforehand
    delta: Annotated[float, Meta(gt=0, lt=1)] = 1e-5  # of epsilon, where there is noise
    secure: bool = False  # secure aggregation: the server learns the sum of updates, and clients clip and add noise
    local: LocalPlan = field(default_factory=LocalPlan)

    def __post_init__(self) -> None:
        _check(self)
        if self.strategy in _NEED_SINGLE and (self.noise or self.secure):
            hides = "secure aggregation" if self.secure else "client-level privacy"
            raise InputError(
                f"{self.strategy} compares single updates, which {hides} hides: take fedavg, fedprox or fedadam"
            )
        if self.secure and not self.local.clip_norm:
            raise InputError("secure aggregation needs local.clip_norm: the server cannot check single updates")
        if self.secure and self.least_clients < LEAST_SECURE:
            raise InputError(
                f"secure aggregation needs least_clients of {LEAST_SECURE} or more: of two clients, each knows the "
                f"other's update from the sum"
            )
        if self.noise and not self.local.clip_norm:
            raise InputError("client-level privacy needs local.clip_norm: the noise is in proportion to it")
        if self.noise and not self.clients:
            raise InputError("client-level privacy needs the expected number of clients: the sum is divided by it")
        if self.strategy == "fedprox" and not self.local.proximal:
            raise InputError("fedprox needs local.proximal above 0, such as 0.01; with 0 it is fedavg")

    @property
    def accounted_rate(self) -> float:
        """The sampling rate that client-level privacy is accounted with. With secure aggregation, the guarantee holds
        towards the server, too, and the server knows who was drawn."""
        return 1.0 if self.secure else self.rate

    @property
    def member_deviation(self) -> float:
        """Secure aggregation: the standard deviation of the noise that each client adds. That of the fewest clients
        of a sum suffices."""
        return self.noise * self.local.clip_norm / math.sqrt(self.least_clients) if self.secure else 0.0

    def clipped(self, parameters: int, norm: float | None = None) -> Plan:
        """The same with the clipping norm of client-level privacy; without noise, the same.

        Args:
            parameters: number of trained parameters.
            norm: L2 norm; None: one for that many parameters (`quiet_clip`).
        """
        if not self.noise:
            return self
        clip = quiet_clip(self.noise, self.rate, self.clients, self.rounds, parameters) if norm is None else norm
        return replace(self, local=replace(self.local, clip_norm=clip))


def fewest_clients(expected: float, *, private: bool, secure: bool, otherwise: int = 1) -> int:
    """A sensible `Plan.least_clients`.

    Args:
        expected: clients in a round on average; 0 where it is not known.
        private: whether the sum gets noise. With secure aggregation, each client adds so much that this many suffice.
        secure: whether secure aggregation is used.
        otherwise: the answer without secure aggregation.
    """
    if not secure:
        return otherwise
    return max(LEAST_SECURE, math.ceil(expected * 2 / 3)) if private else max(LEAST_SECURE, otherwise)


def quiet_clip(noise: float, rate: float, clients: int, rounds: int, parameters: int) -> float:
    """A clipping norm for client-level privacy: where there are few clients for the noise, a smaller one, with which
    the noise of all rounds together has an L2 norm of 1 in the model. The model then learns little instead of breaking.

    It depends on nothing that a client has, so it costs no privacy.

    Args:
        noise: noise multiplier.
        rate: probability with which each client is in a round.
        clients: expected number of clients.
        rounds: number of rounds.
        parameters: number of trained parameters.
    """
    norm_for_each = noise * math.sqrt(parameters * rounds) / (rate * clients)  # of the noise, by clipping norm
    return min(_LARGEST_CLIP, _LARGEST_NOISE / norm_for_each)


def _check(settings: Plan | LocalPlan) -> None:
    for name, kind in get_type_hints(type(settings), include_extras=True).items():
        value: Any = getattr(settings, name)
        if not isinstance(value, LocalPlan):
            convert(value, kind, name)
