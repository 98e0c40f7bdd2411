"""The Unity package: compiled by Mono, its client run against a real server and a real OSC sender."""

from __future__ import annotations

import json
import random
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from queue import Queue
from threading import Thread
from typing import Any

import cv2
import numpy as np
import pytest
from makers import make_face, make_scene
from server_process import PATIENCE_S, Server, Start
from websockets.sync.client import connect

from emoar.events.osc.vmc import unity_quaternion
from emoar.events.sinks import open_sink
from emoar.events.values import FaceAppeared, HeadNodded
from emoar.geometry import yaw_pitch_roll_deg
from emoar.server.http.api_keys import KeyFile
from emoar.types import Scene

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "integrations" / "unity"
HERE = Path(__file__).parent


def compiled(target: Path, *sources: Path, references: tuple[Path, ...] = ()) -> Path:
    """Compiles C# as old as Unity 2021 understands it; warnings are errors."""
    kind = "exe" if target.suffix == ".exe" else "library"
    options = ["-langversion:7", "-warnaserror", "-warn:4", f"-target:{kind}", f"-out:{target}"]
    command = ["mcs", *options, *(f"-r:{one}" for one in references), *map(str, sources)]
    result = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    return target


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the package's two assemblies, the stand-ins of Unity and the programs of these tests."""
    if shutil.which("mcs") is None or shutil.which("mono") is None:
        pytest.skip("no Mono: apt-get install mono-mcs")
    folder = tmp_path_factory.mktemp("unity")
    client = compiled(folder / "EmoAR.Client.dll", *sorted((PACKAGE / "Runtime/Client").glob("*.cs")))
    engine = compiled(folder / "UnityEngine.dll", *(HERE / "stubs").glob("*.cs"))
    components = sorted((PACKAGE / "Runtime/Components").glob("*.cs"))
    library = compiled(folder / "EmoAR.Components.dll", *components, references=(client, engine))
    every = (client, engine, library)
    compiled(folder / "client.exe", HERE / "ClientProgram.cs", references=(client,))
    compiled(folder / "components.exe", HERE / "ComponentsProgram.cs", references=every)
    compiled(folder / "sample.dll", *(PACKAGE / "Samples~").rglob("*.cs"), references=every)
    return folder


class Program:
    """A running C# program, whose lines are read by a thread."""

    def __init__(self, *command: str, **environment: str) -> None:
        pipe = subprocess.PIPE
        environment = {"PATH": "/usr/bin:/bin", "HOME": "/tmp", **environment}
        self.process = subprocess.Popen(["mono", *command], stdin=pipe, stdout=pipe, text=True, env=environment)
        self._lines: Queue[str] = Queue()
        self._reader = Thread(target=self._read, daemon=True)
        self._reader.start()
        assert self.line() == "ready"

    def stop(self) -> int:
        """Ends its input, which ends it; gives its exit code."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        try:
            return self.process.wait(timeout=PATIENCE_S)
        finally:
            self.process.kill()
            self._reader.join()

    def line(self) -> str:
        return self._lines.get(timeout=PATIENCE_S)

    def until(self, wanted: Callable[[str], bool]) -> str:
        """The first line that is wanted; those before it are lost."""
        while not wanted(line := self.line()):
            pass
        return line

    def message(self, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The first message that is wanted."""
        return json.loads(self.until(lambda line: line.startswith("{") and wanted(json.loads(line))))

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as lines:
            for line in lines:
                self._lines.put(line.rstrip("\n"))


@contextmanager
def running(*command: str, **environment: str) -> Iterator[Program]:
    program = Program(*command, **environment)
    try:
        yield program
    finally:
        code = program.stop()
    assert code == 0


def answers(built: Path, what: str, lines: list[str]) -> list[str]:
    command = ["mono", str(built / "client.exe"), what]
    result = subprocess.run(
        command, input="\n".join(lines) + "\n", capture_output=True, text=True, timeout=PATIENCE_S, check=True
    )
    return result.stdout.splitlines()


def test_json_as_python_reads_it(built: Path) -> None:
    texts = [
        "[1,-2.5,3e2,1E-3]",
        '{"a":{"b":[true,false,null]},"\\u00e9\\n\\"":"\\ud83d\\ude00 /\\/"}',
        " [ ] ",
        '"é😀"',
        "0.1",
    ]
    texts.append(json.dumps(make_scene(2).to_dict(landmarks=True)))
    for text, answer in zip(texts, answers(built, "json", texts), strict=True):
        assert json.loads(answer) == json.loads(text)


def test_json_that_is_broken_is_refused(built: Path) -> None:
    texts = ["", "[1,", "[1 2]", '{"a" 1}', "{1:2}", '"\\x"', '"\\u00g0"', '"abc', "tru", "1 2", "[" * 100, "-", "nan"]
    whole = json.dumps(make_scene(1).to_dict())
    texts += [whole[:cut] for cut in random.Random(1).sample(range(len(whole)), 50)]
    assert [line.split()[0] for line in answers(built, "json", texts)] == ["refused"] * len(texts)


def test_documents_that_are_none_of_ours_are_refused(built: Path) -> None:
    scene = make_scene(1).to_dict()
    without = [{**scene, "faces": [{**scene["faces"][0], name: None}]} for name in ("pose", "quality", "expression")]
    documents = [[], {}, {"schema": "emoar.scene/1"}, {**scene, "faces": 3}, {"schema": "emoar.event/1"}, *without]
    lines = answers(built, "message", [json.dumps(one) for one in documents])
    assert [line.split()[0] for line in lines] == ["refused"] * len(documents)
    assert answers(built, "message", ['{"schema":"emoar.scene/2"}']) == ["null"]  # of a later version: passed over


def test_a_head_turns_as_over_vmc(built: Path) -> None:
    generator = np.random.default_rng(3)
    rotations = [np.linalg.qr(generator.normal(size=(3, 3)))[0] for _ in range(40)]
    rotations = [r * np.linalg.det(r) for r in rotations]
    lines = [" ".join(map(str, yaw_pitch_roll_deg(rotation))) for rotation in rotations]
    for rotation, answer in zip(rotations, answers(built, "head", lines), strict=True):
        ours, theirs = unity_quaternion(rotation), np.array(answer.split(), float)
        assert abs(np.dot(ours, theirs)) > 0.9999  # a quaternion and its negative are one rotation


def test_the_client_follows_a_server(built: Path, server: Server, jpeg: bytes) -> None:
    address = server.url.replace("http", "ws", 1)
    with running(str(built / "client.exe"), "events", address) as program:
        assert program.until(lambda line: line == "problem ")  # it is connected
        with connect(f"{address}/v1/live", compression=None) as live:
            live.send(jpeg)
            sent = json.loads(live.recv(timeout=PATIENCE_S))
            scene = program.message(lambda one: bool(one.get("Faces")))
        gone = program.message(lambda one: one.get("Kind") == "face_gone")
    (face,), (expected,) = scene["Faces"], sent["faces"]
    assert (scene["Source"], scene["WidthPx"], scene["HeightPx"]) == (
        sent["source"],
        sent["width_px"],
        sent["height_px"],
    )
    assert (face["Label"], face["Usable"], face["TrackId"], gone["TrackId"]) == ("happiness", True, 1, 1)
    assert face["Probabilities"] == pytest.approx(expected["expression"]["ferplus"], abs=1e-6)
    assert (face["YawDeg"], face["ZCm"]) == pytest.approx(
        (expected["pose"]["yaw_deg"], expected["pose"]["matrix"][2][3]), rel=1e-5
    )


def test_it_connects_again_and_tells_why_not(built: Path, start: Start, tmp_path: Path) -> None:
    _, key = KeyFile(tmp_path / "keys.json").create("unity")
    server = start(require_keys=True, keys_file=tmp_path / "keys.json")
    address = server.url.replace("http", "ws", 1)
    with running(str(built / "client.exe"), "events", address) as program:
        assert program.until(lambda line: line.startswith("problem ") and "not yet" not in line)
    with running(str(built / "client.exe"), "events", address, EMOAR_API_KEY=key) as program:
        assert program.until(lambda line: line == "problem ")
        server.stop()
        assert program.until(lambda line: line.startswith("problem ") and line != "problem ")
        with socket.create_server(("127.0.0.1", int(address.rpartition(":")[2]))) as listener:
            listener.accept()[0].close()  # it has come again


def test_events_of_other_kinds(built: Path) -> None:
    events = [FaceAppeared(1, 0.5, "hall"), HeadNodded(2, 1.5, 1.0, 12.5, "hall")]
    found = [json.loads(line) for line in answers(built, "message", [json.dumps(one.to_dict()) for one in events])]
    assert [(one["Kind"], one["TrackId"], one["TimeS"], one["Source"]) for one in found] == [
        ("face_appeared", 1, 0.5, "hall"),
        ("head_nodded", 2, 1.5, "hall"),
    ]


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def test_osc_as_emoar_sends_it(built: Path) -> None:
    port = free_port()
    with running(str(built / "client.exe"), "osc", str(port)) as program:
        sink = open_sink(f"osc://127.0.0.1:{port}")
        scene = make_scene(2)
        sink.send(scene)
        found = program.message(lambda one: len(one.get("Faces", [])) == 2)
        sink.close()
        gone = [program.message(lambda one: one.get("Kind") == "face_gone")["TrackId"] for _ in range(2)]
    assert sorted(gone) == [1, 2]
    first, expected = found["Faces"][0], scene.faces[0]
    assert first["Label"] == expected.expression.label
    assert first["Probabilities"] == pytest.approx(dict(expected.expression.probabilities), abs=1e-6)
    angles = (first["YawDeg"], first["PitchDeg"], first["RollDeg"])
    assert angles == pytest.approx(expected.yaw_pitch_roll_deg, abs=1e-4)
    assert (first["XCm"], first["YCm"], first["ZCm"]) == pytest.approx(expected.pose[:3, 3].tolist())


def test_osc_from_strangers_ends_nothing(built: Path) -> None:
    port = free_port()
    with running(str(built / "client.exe"), "osc", str(port)) as program:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
            bytes_of = random.Random(2).randbytes
            for packet in (
                b"",
                b"\0",
                b"#bundle\0",
                b"#bundle\0" + b"\0" * 8 + b"\x7f\xff\xff\xff",
                *(bytes_of(n) for n in range(1, 80)),
            ):
                stranger.sendto(packet, ("127.0.0.1", port))
        sink = open_sink(f"osc://127.0.0.1:{port}")
        sink.send(make_scene(1))
        assert program.message(lambda one: len(one.get("Faces", [])) == 1)
        sink.close()


def test_components_follow_a_face(built: Path) -> None:
    """Blend shape, bone and content go with the face, and back to rest when it is gone."""
    port = free_port()
    with running(str(built / "components.exe"), f"osc://127.0.0.1:{port}") as program:
        sink = open_sink(f"osc://127.0.0.1:{port}")
        pose = np.eye(4, dtype=np.float32)
        pose[:3, :3] = cv2.Rodrigues(np.array([0.2, -0.4, 0.1]))[0]
        face = replace(make_face(1), pose=pose)
        scene = Scene(make_scene(1).frame, (face,))
        x, y, *_ = unity_quaternion(face.pose[:3, :3])
        sink.send(scene)
        joy = f"{100 * face.expression.probabilities['happiness']:.1f}"
        frames(program, f"joy {joy} hat True head {x:.3f} {y:.3f}".replace("-0.000", "0.000"))
        sink.close()
        frames(program, "joy 0.0 hat False head 0.000 0.000")


def frames(program: Program, wanted: str) -> None:
    """Updates the components once a frame until their state is as wanted."""
    assert program.process.stdin is not None
    seen = ""
    while seen.replace("-0.000", "0.000") != wanted:
        program.process.stdin.write("\n")
        program.process.stdin.flush()
        while (line := program.line()) != "frame":
            seen = line if line.startswith("joy") else seen


def test_a_wrong_address_is_an_error_and_not_an_exception(built: Path) -> None:
    result = subprocess.run(
        ["mono", str(built / "components.exe"), "http://host"],
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert result.returncode == 1
    assert result.stdout.startswith("error EmoAR: cannot open http://host: write ws:// or wss://")


def test_the_package_is_whole() -> None:
    """Unity ignores a file without .meta, and two with one GUID destroy each other's references."""
    from script_loader import load_script

    meta = load_script("unity_meta")
    guids: list[str] = []
    for path in meta.assets():
        lines = path.with_name(f"{path.name}.meta").read_text().splitlines()
        guids += [line.removeprefix("guid: ") for line in lines if line.startswith("guid: ")]
    assert len(guids) == len(set(guids)) == len(meta.assets())
    assert {path.name for path in PACKAGE.rglob("*.meta")} == {f"{path.name}.meta" for path in meta.assets()}
    package = json.loads((PACKAGE / "package.json").read_text())
    assert (PACKAGE / package["samples"][0]["path"]).is_dir()
    for name in ("Client", "Components"):
        assembly = json.loads((PACKAGE / f"Runtime/{name}/EmoAR.{name}.asmdef").read_text())
        assert assembly["noEngineReferences"] is (name == "Client")


def test_the_names_in_its_documentation_are_those_of_the_models() -> None:
    from emoar.labels import FER2013, FERPLUS

    text = (PACKAGE / "Documentation~/inference-engine.md").read_text()
    assert f"- `ferplus`: {', '.join(FERPLUS)}" in text
    assert f"- `fer2013`: {', '.join(FER2013)}" in text
