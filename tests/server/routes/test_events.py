"""`WS /v1/events`, as subscribers and publishers see it."""

from __future__ import annotations

import json
import socket as udp
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from makers import make_scene
from pictures import encoded
from server_process import PATIENCE_S, Server, Start, eventually, start_server
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from emoar.events.values import ExpressionChanged, FaceAppeared, FaceGone
from emoar.server.http.api_keys import KeyFile

CHANGED = ExpressionChanged(1, 0.5, "ferplus", "fear", 0.75, 0.5, {"fear": 0.75}, "hall")


@contextmanager
def socket(server: Server, path: str, **options: Any) -> Iterator[ClientConnection]:
    address = f"{server.url.replace('http', 'ws', 1)}{path}"
    with connect(address, max_size=None, compression=None, **options) as connection:
        yield connection


@contextmanager
def subscriber(server: Server, query: str = "", **options: Any) -> Iterator[ClientConnection]:
    """A subscriber that the server knows: what happens from now on reaches it."""
    with server.client() as http:
        before = sockets(http)
        with socket(server, f"/v1/events{query}", **options) as connection:
            eventually(lambda: sockets(http), lambda now: now > before)
            yield connection


def sockets(http: Any) -> float:
    lines = [line for line in http.get("/metrics").text.splitlines() if line.startswith("emoar_event_sockets{")]
    return sum(float(line.rpartition(" ")[2]) for line in lines)


def received(connection: ClientConnection) -> dict[str, Any]:
    return json.loads(connection.recv(timeout=PATIENCE_S))


def kinds(*documents: dict[str, Any]) -> list[str]:
    return [f"{d.get('event', 'scene')} {d.get('track_id', len(d.get('faces', [])))}" for d in documents]


def publish(connection: ClientConnection, *documents: Any) -> None:
    for document in documents:
        connection.send(json.dumps(document if isinstance(document, dict) else document.to_dict()))


def test_a_subscriber_gets_the_events_of_a_live_socket(server: Server, jpeg: bytes) -> None:
    with subscriber(server) as connection:
        with socket(server, "/v1/live") as live:
            live.send(jpeg)
            scene = received(live)
            appeared, changed = received(connection), received(connection)
        gone = received(connection)
    assert kinds(appeared, changed, gone) == ["face_appeared 1", "expression_changed 1", "face_gone 1"]
    assert (changed["label"], changed["label_set"]) == ("happiness", "ferplus")
    assert changed["raw_probabilities"].keys() == changed["probabilities"].keys()
    assert len({scene["source"], appeared["source"], changed["source"], gone["source"]}) == 1
    assert len(scene["source"]) == 8


def test_a_subscriber_gets_scenes_at_its_rate(server: Server, jpeg: bytes) -> None:
    with subscriber(server, "?scenes=1") as every, subscriber(server, "?scenes=1&rate=0.01") as one:
        with socket(server, "/v1/live") as live:
            own: list[dict[str, Any]] = []
            for _ in range(3):
                live.send(jpeg)
                own.append(received(live))
            seen = [received(every) for _ in range(5)]
        assert kinds(*seen) == ["face_appeared 1", "expression_changed 1", "scene 1", "scene 1", "scene 1"]
        for sent, found in zip(own, seen[2:], strict=True):
            assert found == {name: value for name, value in sent.items() if not name.startswith("dropped")}
        assert kinds(*(received(one) for _ in range(4))) == [
            "face_appeared 1",
            "expression_changed 1",
            "scene 1",
            "face_gone 1",
        ]


def test_a_subscriber_gets_the_measures_that_a_live_socket_asks_for(server: Server, jpeg: bytes) -> None:
    with subscriber(server, "?scenes=1") as connection, socket(server, "/v1/live?measures=true&valence=true") as live:
        live.send(jpeg)
        (own,) = received(live)["faces"]
        (seen,) = [received(connection) for _ in range(3)][-1]["faces"]
    assert seen["measures"] == own["measures"]
    assert own["measures"]["mouthSmileLeft"] > 0.3
    assert seen["valence"] == own["valence"] > 0.5


def test_who_comes_later_first_gets_who_is_in_view(server: Server, jpeg: bytes) -> None:
    with socket(server, "/v1/live") as live:
        live.send(jpeg)
        source = received(live)["source"]
        with socket(server, f"/v1/events?source={source}") as late:
            assert kinds(received(late), received(late)) == ["face_appeared 1", "expression_changed 1"]


def test_events_of_other_sources_are_left_out(server: Server) -> None:
    with subscriber(server, "?source=door") as connection, socket(server, "/v1/events?role=publish") as publisher:
        publish(publisher, CHANGED, FaceAppeared(5, 1.0, "door"))
        assert kinds(received(connection)) == ["face_appeared 5"]


def test_a_publisher_reaches_subscribers_and_its_faces_go_with_it(server: Server) -> None:
    scene = make_scene(2).to_dict()
    with subscriber(server, "?scenes=1") as connection:
        with socket(server, "/v1/events?role=publish") as publisher:
            publish(publisher, FaceAppeared(1, 0.25, "hall"), CHANGED, scene | {"source": "hall"})
            documents = [received(connection) for _ in range(3)]
        assert documents == [FaceAppeared(1, 0.25, "hall").to_dict(), CHANGED.to_dict(), scene | {"source": "hall"}]
        assert received(connection)["event"] == "face_gone"


def test_two_publishers_of_one_name_are_two_sources(server: Server) -> None:
    with subscriber(server) as connection, socket(server, "/v1/events?role=publish") as first:
        publish(first, CHANGED)
        assert received(connection)["source"] == "hall"
        with socket(server, "/v1/events?role=publish") as second:
            publish(second, CHANGED)
            assert received(connection)["source"] == "hall 2"
        gone = received(connection)
        assert (gone["event"], gone["source"]) == ("face_gone", "hall 2")
        publish(first, FaceGone(1, 1.0, "hall"))
        assert received(connection)["source"] == "hall"


@pytest.mark.parametrize(
    ("message", "code", "words"),
    [
        ("hello", 1007, "JSON"),
        ("[1]", 1007, "must have the schema emoar.event/1 or emoar.scene/1"),
        ('{"schema":"emoar.event/2"}', 1007, "must have the schema"),
        ('{"schema":"emoar.event/1","event":"face_gone"}', 1007, "not complete"),
        ('{"schema":"emoar.event/1","event":"face_gone","track_id":1,"time_s":NaN}', 1007, "JSON"),
        ('{"schema":"emoar.scene/1","source":"a"}', 1007, "wrong at frame_index"),
        ("[" * 100_000, 1007, "JSON"),
        ("x" * 1_000_001, 1007, "at most 1000000"),
        (b"bytes", 1003, "text"),
    ],
)
def test_what_is_no_document_ends_a_publisher_with_a_reason(
    server: Server, message: str | bytes, code: int, words: str
) -> None:
    with socket(server, "/v1/events?role=publish") as publisher:
        publisher.send(message)
        with pytest.raises(ConnectionClosed) as caught:
            publisher.recv(timeout=PATIENCE_S)
    assert caught.value.rcvd is not None
    assert caught.value.rcvd.code == code
    assert words in caught.value.rcvd.reason


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("?role=listen", "role"),
        ("?scenes=maybe", "scenes"),
        ("?rate=-1", "rate"),
        ("?rate=nan", "rate"),
        ("?sources=a", "did you mean source"),
        ("?rate=1&rate=2", "more than once"),
    ],
)
def test_wrong_parameters_are_refused_in_the_handshake(server: Server, query: str, words: str) -> None:
    with pytest.raises(InvalidStatus) as caught, socket(server, f"/v1/events{query}"):
        pass
    assert caught.value.response.status_code == 422
    assert words.encode() in caught.value.response.body


def test_keys_are_needed_and_watched(start: Start, tmp_path: Path) -> None:
    keys = KeyFile(tmp_path / "keys.json")
    _, text = keys.create("phone")
    server = start(require_keys=True, keys_file=tmp_path / "keys.json")
    for role in ("subscribe", "publish"):
        with pytest.raises(InvalidStatus) as caught, socket(server, f"/v1/events?role={role}"):
            pass
        assert caught.value.response.status_code == 401
    header = {"Authorization": f"Bearer {text}"}
    with (
        socket(server, "/v1/events", additional_headers=header) as reader,
        socket(server, "/v1/events?role=publish", subprotocols=["emoar.events", f"emoar-key.{text}"]) as publisher,  # type: ignore[list-item]
    ):
        assert publisher.subprotocol == "emoar.events"
        keys.revoke("phone")
        for connection in (reader, publisher):
            with pytest.raises(ConnectionClosed) as closed:
                connection.recv(timeout=PATIENCE_S)
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code == 1008


def test_sockets_of_events_have_a_limit_of_their_own(start: Start, jpeg: bytes) -> None:
    server = start(max_event_sockets=1, max_sockets=1)
    with socket(server, "/v1/events") as connection, socket(server, "/v1/live") as live:
        with pytest.raises(InvalidStatus) as caught, socket(server, "/v1/events"):
            pass
        assert caught.value.response.status_code == 503
        assert json.loads(caught.value.response.body)["limit"] == "max_event_sockets"
        live.send(jpeg)
        assert received(connection)["event"] == "face_appeared"


def test_a_subscriber_that_does_not_read_costs_no_frame_and_is_counted(start: Start) -> None:
    server = start()
    scene = make_scene(4).to_dict(landmarks=True) | {"source": "hall"}  # 50 kB, so that buffers fill
    with server.client() as http, subscriber(server, "?scenes=1", max_queue=1):
        with socket(server, "/v1/events?role=publish") as publisher:

            def dropped() -> float:
                publish(publisher, *([scene] * 50))
                lines = http.get("/metrics").text.splitlines()
                return next(float(line.split()[1]) for line in lines if line.startswith("emoar_dropped_events_total"))

            eventually(dropped)
        with socket(server, "/v1/live") as live:
            live.send(encoded(np.zeros((48, 64, 3), np.uint8)))
            assert received(live)["faces"] == []


def test_a_page_of_another_server_is_refused(server: Server) -> None:
    with pytest.raises(InvalidStatus) as caught, socket(server, "/v1/events", origin="https://evil.example"):
        pass
    assert caught.value.response.status_code == 403


def test_what_live_sockets_see_goes_to_other_programs(start: Start, jpeg: bytes, tmp_path: Path) -> None:
    target = tmp_path / "events.jsonl"
    server = start("--send", f"jsonl:{target}")
    with socket(server, "/v1/live") as first, socket(server, "/v1/live?landmarks=true&measures=true") as second:
        scenes: list[dict[str, Any]] = []
        for live in (first, second):
            live.send(jpeg)
            scenes.append(received(live))
        with server.client() as http:
            metrics = eventually(
                lambda: http.get("/metrics").text, lambda text: 'emoar_sink_sent_total{sink="jsonl"} 2.0' in text
            )
    assert 'emoar_sink_dropped_total{sink="jsonl"} 0.0' in metrics
    assert 'emoar_sink_connected{sink="jsonl"} 1.0' in metrics
    assert server.stop() == 0
    documents = [json.loads(line) for line in target.read_text().splitlines()]
    assert sorted(kinds(*documents)) == sorted(
        [
            *(
                f"{kind} {track_id}"
                for kind in ("face_appeared", "expression_changed", "face_gone")
                for track_id in (1, 2)
            ),
            *["scene 1"] * 2,
            *["scene 0"] * 2,
        ]
    )
    assert {document["source"] for document in documents} == {scene["source"] for scene in scenes}
    sent = {document["source"]: face.get("measures") for document in documents for face in document.get("faces", [])}
    assert sent == {scene["source"]: scene["faces"][0].get("measures") for scene in scenes}
    assert [measures is not None for measures in sent.values()] == [False, True]
    assert "landmarks_px" not in scenes[0]["faces"][0]
    assert len(scenes[1]["faces"][0]["landmarks_px"]) == 468


def test_faces_are_measured_where_movements_are_sent(start: Start, jpeg: bytes) -> None:
    with udp.socket(udp.AF_INET, udp.SOCK_DGRAM) as receiver:
        receiver.bind(("127.0.0.1", 0))
        receiver.settimeout(PATIENCE_S)
        server = start("--send", f"osc://127.0.0.1:{receiver.getsockname()[1]}")
        with socket(server, "/v1/live") as live:
            live.send(jpeg)
            (face,) = received(live)["faces"]
            packet = next(packet for packet in iter(lambda: receiver.recv(65535), b"") if b"/blend/" in packet)
    assert b"/emoar/face/1/blend/mouthSmileLeft" in packet
    assert face["measures"]["mouthSmileLeft"] > 0.3


def test_a_program_that_is_not_there_ends_the_server_at_its_start(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="nobody listens there"):
        start_server(tmp_path, "--send", "ws://127.0.0.1:9/v1/events")
