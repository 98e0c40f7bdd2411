"""LSL as pylsl's inlet receives it, and as LabRecorder records it for pyxdf."""

from __future__ import annotations

import math
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from lsl_network import WAIT_S, Recording, inlet_of, pylsl_or_skip, until

from emoar.errors import InputError, OutputError
from emoar.events.address import parse_address
from emoar.events.lsl.model import describe_model
from emoar.events.lsl.streams import LslStreams
from emoar.events.sinks import open_sink
from emoar.types import Expression, Face, Scene

from ..test_detector import face, scene

pylsl = pylsl_or_skip()


def captured(one: Scene, at_s: float) -> Scene:
    """The same scene of a live source."""
    return replace(one, frame=replace(one.frame, captured_at_s=at_s))


def device() -> str:
    """A name that no other test has."""
    return f"test-{uuid4().hex[:8]}"


def pulled(inlet: Any, count: int) -> tuple[list[list[Any]], list[float]]:
    samples, stamps = zip(*(inlet.pull_sample(WAIT_S) for _ in range(count)), strict=True)
    return list(samples), list(stamps)


def labels_of(inlet: Any, wait_s: float = WAIT_S) -> list[str]:
    channel, labels = inlet.info(wait_s).desc().child("channels").child("channel"), []
    while not channel.empty():
        labels.append(channel.child_value("label"))
        channel = channel.next_sibling("channel")
    return labels


def test_an_inlet_receives_each_slot_at_capture_time() -> None:
    name = device()
    outlet = open_sink(f"lsl:{name}?faces=2")
    first, second = (inlet_of(f"emoar-{name}-slot{slot}") for slot in (1, 2))
    began_s = time.monotonic() - 5.0  # captured long before it is sent
    for i, faces in enumerate(([face(7)], [face(7), face(9)], [face(9)])):
        outlet.send(captured(scene(0.1 * i, *faces), began_s + 0.1 * i))
    ahead_s = pylsl.local_clock() - time.monotonic()
    labels = labels_of(first)
    for inlet, ids in ((first, [7, 7, math.nan]), (second, [math.nan, 9, 9])):
        samples, stamps = pulled(inlet, 3)
        assert [sample[0] for sample in samples] == pytest.approx(ids, nan_ok=True)
        assert stamps == pytest.approx([began_s + ahead_s + 0.1 * i for i in range(3)], abs=0.01)
        rows = [dict(zip(labels, sample, strict=True)) for sample in samples]
        assert all(math.isnan(row["ferplus_happiness"]) == math.isnan(row["track_id"]) for row in rows)
        seen = next(row for row in rows if row["usable"] == 1)
        assert seen["ferplus_happiness"] == pytest.approx(face().expression.ferplus["happiness"])
        assert seen["tz"] == pytest.approx(-50)
        assert 4.5 < seen["delay"] < WAIT_S
    outlet.close()


def test_sources_share_the_slots() -> None:
    name = device()
    streams = LslStreams(parse_address(f"lsl:{name}?faces=2"), {})
    streams.open()
    first, second = (inlet_of(f"emoar-{name}-slot{slot}") for slot in (1, 2))
    here, there = scene(5.0, face(1)), scene(0.0, face(2))
    there = replace(there, frame=replace(there.frame, source="b.mp4"))
    streams.send([], here)
    streams.send([], there)
    streams.send([], scene(5.5))
    streams.send([], there)
    for inlet, ids in ((first, [1, math.nan, math.nan]), (second, [math.nan, 2, 2])):
        samples, _ = pulled(inlet, 3)
        assert [sample[0] for sample in samples] == pytest.approx(ids, nan_ok=True)
    streams.close()


def test_the_description() -> None:
    name = device()
    outlet = open_sink(f"lsl:{name}?faces=1&offset=0.045", model="emoar-m")
    info = inlet_of(f"emoar-{name}-slot1").info(WAIT_S)
    assert (info.name(), info.type(), info.nominal_srate()) == ("EmoAR", "FacialExpression", 0)
    assert info.channel_format() == pylsl.cf_float32
    first = info.desc().child("channels").child("channel").next_sibling("channel")
    described = [first.child_value(part) for part in ("label", "unit", "type")]
    assert described == ["ferplus_neutral", "probability", "Expression"]
    acquisition = info.desc().child("acquisition")
    assert [acquisition.child_value(part) for part in ("manufacturer", "model")] == ["EmoAR", "emoar-m"]
    sha256 = describe_model("emoar-m").sha256["emoar-m.tflite"]
    assert acquisition.child("weights").child_value("sha256") == sha256
    assert info.desc().child("synchronization").child_value("offset_mean") == "0.045"
    outlet.close()


def test_markers_come_with_the_events() -> None:
    name = device()
    outlet = open_sink(f"lsl:{name}?rate=0")
    inlet = inlet_of(f"emoar-{name}-markers")
    for one in (scene(0.0, face()), scene(0.25, face(1, "fear", 0.25)), scene(1.0)):
        outlet.send(one)
    outlet.close()
    samples, stamps = pulled(inlet, 8)
    assert [text for (text,) in samples] == [
        "session start",
        "face 1 appeared",
        "face 1 happiness on",
        "face 1 happiness off",
        "face 1 fear on",
        "face 1 fear off",
        "face 1 gone",
        "session end",
    ]
    assert [stamp - stamps[0] for stamp in stamps] == pytest.approx([0, 0, 0, 0.25, 0.25, 1, 1, 1], abs=1e-3)


def test_a_model_with_its_own_labels() -> None:
    name = device()
    outlet = open_sink(f"lsl:{name}?faces=1")
    mine = Expression("mine", "awake", 0.75, {"mine": {"asleep": 0.25, "awake": 0.75}})
    outlet.send(scene(0.0, replace(face(), expression=mine)))

    def are_mine() -> bool:
        with suppress(pylsl.util.TimeoutError, pylsl.util.LostError):  # found as it ended, before that of these labels
            return len(labels_of(inlet_of(f"emoar-{name}-slot1", 1.0), 1.0)) == 14
        return False

    until(are_mine)
    outlet.close()


def test_labrecorder_records_what_pyxdf_reads(tmp_path: Path) -> None:
    pyxdf = pytest.importorskip("pyxdf")
    name, path = device(), tmp_path / "session.xdf"
    outlet = open_sink(f"lsl:{name}?faces=2")
    ids = [f"emoar-{name}-{stream}" for stream in ("slot1", "slot2", "markers")]
    began_s = time.monotonic()
    outlet.send(captured(scene(0.0), began_s))  # a recorder takes headers at once, and samples when it is connected
    recording = Recording(path, ids)
    count = 30
    for i in range(1, count + 1):
        outlet.send(captured(scene(i / 30, _turning(i)), began_s + i / 30))
    outlet.close()
    until(lambda: recording.has("session end"))
    recording.stop()
    streams, _ = pyxdf.load_xdf(path)
    by_id = {stream["info"]["source_id"][0]: stream for stream in streams}
    assert set(by_id) > set(ids)
    slot = by_id[ids[0]]
    channels = slot["info"]["desc"][0]["channels"][0]["channel"]
    labels = [channel["label"][0] for channel in channels]
    known = slot["time_series"][~_isnan(slot["time_series"][:, 0])]
    assert len(known) == count
    assert known[:, labels.index("tx")].tolist() == pytest.approx([float(i) for i in range(1, count + 1)])
    stamps = slot["time_stamps"][~_isnan(slot["time_series"][:, 0])]
    assert (stamps - stamps[0]).tolist() == pytest.approx([i / 30 for i in range(count)], abs=2e-3)
    texts = [text for (text,) in by_id[ids[2]]["time_series"]]
    assert texts[:2] == ["face 1 appeared", "face 1 happiness on"]
    assert texts[-3:] == ["face 1 happiness off", "face 1 gone", "session end"]
    assert by_id[ids[2]]["time_stamps"][0] == pytest.approx(stamps[0], abs=2e-3)
    assert _isnan(by_id[ids[1]]["time_series"]).all(), "nobody in the second slot"


def _turning(i: int) -> Face:
    pose = face().pose.copy()
    pose[0, 3] = i
    return replace(face(), pose=pose)


def _isnan(values: Any) -> Any:
    import numpy as np

    return np.isnan(values)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("lsl:a b", "takes a name of letters, digits"),
        ("lsl://host", "takes a name of letters, digits"),
        ("lsl:?faces=0", "faces must be 1..20, got '0'"),
        ("lsl:?faces=many", "faces must be 1..20, got 'many'"),
        ("lsl:?offset=-1", "offset must be 0..10"),
        ("lsl:?slots=2", "slots is no option"),
    ],
)
def test_wrong_addresses(url: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        open_sink(url)


def test_liblsl_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*arguments: object, **options: object) -> None:
        raise RuntimeError("could not create stream outlet.")

    monkeypatch.setattr(pylsl, "StreamOutlet", refuse)
    with pytest.raises(OutputError, match="cannot announce its streams: could not create stream outlet"):
        open_sink("lsl:")
