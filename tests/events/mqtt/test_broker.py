"""MQTT against mosquitto, with paho as the subscriber."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import trustme
from makers import make_scene, make_video
from mqtt_broker import MOSQUITTO, PASSWD, WAIT_S, Broker, Subscriber
from repeating import repeat_until

from emoar.errors import InputError, OutputError
from emoar.events import outlet
from emoar.events.mqtt import broker as mqtt
from emoar.events.mqtt.options import PASSWORD
from emoar.events.outlet import Outlet
from emoar.events.sinks import open_sink
from emoar.types import Scene

from ..test_detector import face, scene

pytestmark = pytest.mark.skipif(MOSQUITTO is None, reason="needs mosquitto: apt-get install mosquitto")
CONFIG = "homeassistant/device/emoar_hall/config"
# paho does not close the socket of a handshake that fails.
paho_leaves_a_socket = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    found = Broker(tmp_path)
    yield found
    found.stop()


@pytest.fixture
def reader(broker: Broker) -> Iterator[Subscriber]:
    found = Subscriber(broker.port)
    yield found
    found.close()


def open_hall(broker: Broker, options: str = "", **more: Any) -> Outlet:
    return open_sink(f"mqtt://{broker.address}?device=hall{options}", **{"secrets": {}, **more})


def kept_by(broker: Broker) -> dict[str, str]:
    """What a subscriber finds who comes now."""
    late = Subscriber(broker.port)
    kept = late.retained()
    late.close()
    return kept


def test_events_state_and_status(broker: Broker, reader: Subscriber) -> None:
    sink = open_hall(broker)
    sink.send(scene(0.0, face(3)))
    sink.close()
    reader.wait_for(lambda: reader.of("emoar/hall/status")[-1:] == ["offline"])
    assert [topic for topic, *_ in reader.messages] == [
        CONFIG,
        "emoar/hall/status",
        "emoar/hall/faces/3/appeared",
        "emoar/hall/faces/3/expression",
        "emoar/hall/state",
        "emoar/hall/faces/3/gone",
        "emoar/hall/state",
        "emoar/hall/status",
    ]
    assert {qos for *_, qos in reader.messages} == {1}
    event = json.loads(reader.of("emoar/hall/faces/3/expression")[0])
    assert (event["schema"], event["label"]) == ("emoar.event/1", "happiness")
    first, last = map(json.loads, reader.of("emoar/hall/state"))
    assert (first["faces"], first["expression"], first["expressions"]) == (1, "happiness", {"happiness": 1})
    assert (last["faces"], last["expression"]) == (0, "none")


def test_nothing_about_a_person_is_retained_unless_asked(broker: Broker) -> None:
    sink = open_hall(broker)
    sink.send(scene(0.0, face()))
    sink.close()
    kept = kept_by(broker)
    assert set(kept) == {CONFIG, "emoar/hall/status"}
    assert kept["emoar/hall/status"] == "offline"


def test_a_retained_state_is_cleared_at_the_end(broker: Broker, reader: Subscriber) -> None:
    sink = open_hall(broker, "&retain=1")
    sink.send(scene(0.0, face()))
    reader.wait_for(lambda: bool(reader.of("emoar/hall/state")))
    assert json.loads(kept_by(broker)["emoar/hall/state"])["faces"] == 1
    sink.close()
    reader.wait_for(lambda: reader.of("emoar/hall/status")[-1:] == ["offline"])
    assert set(kept_by(broker)) == {CONFIG, "emoar/hall/status"}


def test_scenes_are_sent_with_a_rate(broker: Broker, reader: Subscriber) -> None:
    for options in ("", "&rate=10", "&rate=0"):
        sink = open_hall(broker, options)
        sink.send(make_scene(1))
        sink.close()
    reader.wait_for(lambda: reader.of("emoar/hall/status").count("offline") == 3)
    scenes = [message for message in reader.messages if message[0] == "emoar/hall/scenes"]
    assert [(json.loads(text)["schema"], kept, qos) for _, text, kept, qos in scenes] == [
        ("emoar.scene/1", False, 0),  # with a face
        ("emoar.scene/1", False, 0),  # the last one, without
    ]


def test_the_broker_publishes_the_last_will_of_a_killed_process(broker: Broker, reader: Subscriber) -> None:
    program = (
        "import sys\nfrom emoar.events.sinks import open_sink\n"
        f"sink = open_sink('mqtt://{broker.address}?device=hall')\nprint('up', flush=True)\nsys.stdin.read()\n"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"up\n"
        reader.wait_for(lambda: reader.of("emoar/hall/status") == ["online"])
        process.kill()
        process.wait(WAIT_S)
    reader.wait_for(lambda: reader.of("emoar/hall/status") == ["online", "offline"])
    assert kept_by(broker)["emoar/hall/status"] == "offline"


def test_home_assistant_gets_the_description_again_when_it_starts(broker: Broker, reader: Subscriber) -> None:
    sink = open_hall(broker)
    sink.send(scene(0.0, face()))
    reader.wait_for(lambda: len(reader.of("emoar/hall/state")) == 1)
    reader.client.publish("homeassistant/status", "online", qos=1)
    repeat_until(lambda: len(reader.of("emoar/hall/state")) >= 2, lambda i: sink.send(scene(i / 30, face())))
    sink.close()
    assert len(reader.of(CONFIG)) == 2
    assert len(set(reader.of(CONFIG))) == 1
    assert "happiness" in json.loads(reader.of(CONFIG)[0])["cmps"]["expression"]["options"]


def test_labels_of_another_model_become_options(broker: Broker, reader: Subscriber) -> None:
    shown = make_scene(1)
    expression = replace(
        shown.faces[0].expression, label_set="custom", label="yawn", by_label_set={"custom": {"yawn": 1.0}}
    )
    sink = open_hall(broker)
    sink.send(Scene(shown.frame, (replace(shown.faces[0], expression=expression),)))
    sink.close()
    reader.wait_for(lambda: reader.of("emoar/hall/status")[-1:] == ["offline"])
    assert json.loads(reader.of(CONFIG)[-1])["cmps"]["expression"]["options"] == ["yawn", "unsure", "none"]


def test_without_discovery(broker: Broker) -> None:
    sink = open_hall(broker, "&discovery=off")
    assert set(kept_by(broker)) == {"emoar/hall/status"}
    sink.close()


def test_a_broker_that_is_lost_is_found_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outlet, "FIRST_WAIT_S", 0.01)
    monkeypatch.setattr(outlet, "LAST_WAIT_S", 0.05)
    monkeypatch.setattr(mqtt, "INTERVAL_S", 1e-3)
    lines: list[str] = []
    lost, back = threading.Event(), threading.Event()

    def report(line: str) -> None:
        lines.append(line)
        (back if "connected again" in line else lost).set()

    first = Broker(tmp_path)
    sink = open_hall(first, report=report)
    sink.send(scene(0.0, face()))
    first.stop()
    index = repeat_until(lost.is_set, lambda i: sink.send(scene(i / 30, face())))
    second = Broker(tmp_path, port=first.port)
    assert back.wait(WAIT_S)
    reader = Subscriber(second.port)
    sink.send(scene(index / 30, face(), face(2)))
    reader.wait_for(lambda: bool(reader.of("emoar/hall/faces/2/expression")) and bool(reader.of("emoar/hall/state")))
    assert reader.of("emoar/hall/status")[-1] == "online"
    sink.close()
    reader.wait_for(lambda: reader.of("emoar/hall/status")[-1] == "offline")
    assert len(lines) == 2, lines
    reader.close()
    second.stop()


def test_a_refused_login(tmp_path: Path) -> None:
    passwords = tmp_path / "passwords"
    assert PASSWD is not None
    subprocess.run([PASSWD, "-b", "-c", str(passwords), "me", "secret"], check=True, capture_output=True)
    guarded = Broker(tmp_path, f"allow_anonymous false\npassword_file {passwords}")
    for user, secrets in (("", {}), ("me@", {PASSWORD: "wrong"})):
        with pytest.raises(OutputError, match=r"refuses the login \(.*\): write mqtt://name@127") as refusal:
            open_sink(f"mqtt://{user}{guarded.address}", secrets=secrets)
        assert "wrong" not in str(refusal.value)
    open_sink(f"mqtt://me@{guarded.address}", secrets={PASSWORD: "secret"}).close()
    guarded.stop()


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The file of an authority, and the settings of a broker that has its certificate."""
    folder = tmp_path_factory.mktemp("tls")
    ca = trustme.CA()
    certificate = ca.issue_cert("127.0.0.1")
    ca.cert_pem.write_to_path(str(folder / "ca.pem"))
    certificate.private_key_pem.write_to_path(str(folder / "key.pem"))
    for blob in certificate.cert_chain_pems:
        blob.write_to_path(str(folder / "cert.pem"), append=True)
    settings = f"allow_anonymous true\ncertfile {folder / 'cert.pem'}\nkeyfile {folder / 'key.pem'}"
    return folder / "ca.pem", settings


@paho_leaves_a_socket
def test_tls(tmp_path: Path, authority: tuple[Path, str]) -> None:
    ca, settings = authority
    guarded = Broker(tmp_path, settings)
    open_sink(f"mqtts://{guarded.address}?ca={ca}").close()
    with pytest.raises(OutputError, match=r"is not trusted: .*: name the authority of its certificate with \?ca=FILE"):
        open_sink(f"mqtts://{guarded.address}")
    with pytest.raises(OutputError, match="without an answer: if it expects TLS, write mqtts://"):
        open_sink(f"mqtt://{guarded.address}")
    guarded.stop()


@paho_leaves_a_socket
def test_tls_with_a_broker_that_has_none(broker: Broker) -> None:
    with pytest.raises(OutputError, match=r"no TLS with .*: if it has none, write mqtt://"):
        open_sink(f"mqtts://{broker.address}")


def test_certificates_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="certificates cannot be read"):
        open_sink("mqtts://127.0.0.1?ca=/nowhere/ca.pem")
    (tmp_path / "empty.pem").write_text("")
    with pytest.raises(InputError, match="certificates cannot be read"):
        open_sink(f"mqtts://127.0.0.1?certificate={tmp_path / 'empty.pem'}")


def test_nobody_at_the_address() -> None:
    with pytest.raises(OutputError, match=r"cannot connect to mqtt://127\.0\.0\.1:9: nobody listens there"):
        open_sink("mqtt://127.0.0.1:9")
    with pytest.raises(OutputError, match=r"cannot connect to mqtt://nowhere\.invalid: no host has this name"):
        open_sink("mqtt://nowhere.invalid")


def test_an_end_without_connection_is_quiet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mqtt, "LAST_S", 0.1)
    broker = Broker(tmp_path)
    sink = open_hall(broker, report=lambda _: None)
    sink.send(scene(0.0, face()))
    broker.stop()
    sink.close()
    sink.close()


def test_ctrl_c_takes_everything_back(broker: Broker, reader: Subscriber, tmp_path: Path) -> None:
    path = make_video(tmp_path / "in.mp4", count=300)
    fake = Path(__file__).parents[2] / "cli/fake_emoar.py"
    url = f"mqtt://{broker.address}?device=hall&retain=1"
    command = [sys.executable, fake, "0.05", "video", path, "--scenes", tmp_path / "out.jsonl", "--send", url]
    with subprocess.Popen(
        [*map(str, command)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as process:
        reader.wait_for(lambda: bool(reader.of("emoar/hall/state")))
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=WAIT_S)
    assert process.returncode == 130, err
    reader.wait_for(lambda: reader.of("emoar/hall/status") == ["online", "offline"])
    assert len(reader.of("emoar/hall/faces/1/gone")) == 1
    states = reader.of("emoar/hall/state")
    assert (json.loads(states[-2])["faces"], states[-1]) == (0, "")
    assert set(kept_by(broker)) == {CONFIG, "emoar/hall/status"}
