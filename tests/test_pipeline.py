"""The whole pipeline, with real models on real faces."""

from __future__ import annotations

import copy
import dataclasses
import pickle
import statistics
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from pictures import pasted, resized

import emoar
from emoar.demo.clip import demo_clip, demo_truth
from emoar.errors import InputError, ModelMismatch, ModelMissing
from emoar.labels import MEASURES, valence


@pytest.fixture(scope="module")
def live() -> Iterator[emoar.Pipeline]:
    with emoar.Pipeline() as pipeline:
        yield pipeline


@pytest.fixture(scope="module")
def photo() -> Iterator[emoar.Pipeline]:
    with emoar.Pipeline(emoar.PipelineOptions(mode="photo")) as pipeline:
        yield pipeline


@pytest.fixture(scope="module")
def demo_scenes(live: emoar.Pipeline) -> list[emoar.Scene]:
    live.reset()
    return [live(frame) for frame in demo_clip()]


@pytest.mark.parametrize(("portrait", "label"), [("astronaut", "happiness"), ("grace_hopper", "neutral")])
def test_the_portraits_have_the_labels_that_people_give_them(
    request, photo: emoar.Pipeline, portrait: str, label: str
) -> None:  # type: ignore[no-untyped-def]
    (face,) = photo(request.getfixturevalue(portrait)).faces
    assert face.expression.label == label
    assert face.expression.confidence == max(face.expression.probabilities.values())
    assert sum(face.expression.probabilities.values()) == pytest.approx(1)
    assert face.quality.usable
    assert face.presence > 0.9
    left, top, right, bottom = face.box_xyxy_px
    assert (face.landmarks_px[:, 0] >= left).all()
    assert (face.landmarks_px[:, 1] <= bottom).all()
    assert right > left
    assert bottom > top


def test_ids_never_swap_in_the_demo_clip(demo_scenes: list[emoar.Scene]) -> None:
    """Each id stays with one person through crossing, leaving and return."""
    people: dict[int, set[str]] = {}
    for scene in demo_scenes:
        truth = demo_truth(scene.frame.index)
        for face in scene.faces:
            centre = face.landmarks_px[:, :2].mean(axis=0)
            distance = {name: np.hypot(*(centre - true.centre_px)) for name, true in truth.items()}
            nearest = min(distance, key=distance.__getitem__)
            assert distance[nearest] < 0.35 * truth[nearest].face_scale_px
            people.setdefault(face.track_id, set()).add(nearest)
    assert all(len(names) == 1 for names in people.values()), people
    assert len(people) <= 3  # the one who left may come back as somebody new, nobody else


def test_visible_faces_are_found_in_nearly_every_frame(demo_scenes: list[emoar.Scene]) -> None:
    missed = total = 0
    for scene in demo_scenes:
        centres = [face.landmarks_px[:, :2].mean(axis=0) for face in scene.faces]
        for true in demo_truth(scene.frame.index).values():
            if true.visible:
                total += 1
                missed += not any(np.hypot(*(c - true.centre_px)) < 0.35 * true.face_scale_px for c in centres)
    assert missed / total < 0.03


def test_labels_in_the_demo_clip_are_steady(demo_scenes: list[emoar.Scene]) -> None:
    labels: dict[int, list[str]] = {}
    for scene in demo_scenes:
        for face in scene.faces:
            labels.setdefault(face.track_id, []).append(face.expression.label)
    for seen in labels.values():
        changes = sum(a != b for a, b in pairwise(seen))
        assert changes <= 3
        assert Counter(seen).most_common(1)[0][1] > 0.8 * len(seen)


def test_the_detector_rests_while_faces_are_followed(demo_scenes: list[emoar.Scene]) -> None:
    searched = [scene.timings_ms["detect"] > 0 for scene in demo_scenes[10:60]]
    assert 3 <= sum(searched) <= 12  # a few times a second


def classified_frames(pictures: list[NDArray[np.uint8]], **options: float) -> list[int]:
    """Indices of the frames, 30 a second, in which the only face is classified."""
    with emoar.Pipeline(emoar.PipelineOptions(**options)) as pipeline:  # type: ignore[arg-type]
        faces = [pipeline(emoar.Frame(image, i / 30)).faces[0] for i, image in enumerate(pictures)]
    assert len({face.landmarks_px.tobytes() for face in faces}) == len(pictures)  # landmarks are of every frame
    classified = [i for i, face in enumerate(faces) if face.expression.raw_probabilities is not None]
    assert len({face.quality.sharpness for face in faces}) == len(classified)
    return classified


def test_a_face_that_changes_is_classified_every_second_frame(astronaut: NDArray[np.uint8]) -> None:
    """At 30 frames a second its expression is 50 ms old at most."""
    height, width = astronaut.shape[:2]
    narrower = [cv2.resize(astronaut, (round(width * (1 - 0.02 * i)), height)).astype(np.uint8) for i in range(10)]
    assert classified_frames(narrower) == [0, 2, 4, 6, 8]
    assert classified_frames(narrower, classify_every_s=0) == list(range(10))


def test_a_face_that_stays_is_classified_five_times_a_second(astronaut: NDArray[np.uint8]) -> None:
    rng = np.random.default_rng(0)
    noisy = [np.clip(astronaut + rng.normal(0, 6, astronaut.shape), 0, 255).astype(np.uint8) for _ in range(15)]
    assert classified_frames(noisy) == [0, 2, 8, 14]
    assert classified_frames(noisy, classify_every_s=0) == list(range(15))


def test_the_second_prediction_is_asked_ten_times_a_second_until_it_is_steady(astronaut: NDArray[np.uint8]) -> None:
    with emoar.Pipeline(emoar.PipelineOptions(classify_every_s=0)) as pipeline:
        asked: list[list[bool]] = []
        read = pipeline._ensemble.read

        def recorded(
            image: NDArray[np.uint8], points: list[NDArray[np.float32]], second: list[bool], share: Any
        ) -> object:
            asked.append(second)
            return read(image, points, second, share)

        pipeline._ensemble.read = recorded  # type: ignore[method-assign, assignment]
        for frame in range(16):
            pipeline(emoar.Frame(astronaut, frame / 30))
    assert [frame for frame, asks in enumerate(asked) if asks == [True]] == [0, 3, 15]


def test_timings_add_up(demo_scenes: list[emoar.Scene]) -> None:
    shares: list[float] = []
    for scene in demo_scenes:
        parts = {name: value for name, value in scene.timings_ms.items() if name != "total"}
        assert all(value >= 0 for value in parts.values())
        shares.append(sum(parts.values()) / scene.timings_ms["total"])
    assert max(shares) <= 1 + 1e-9
    assert statistics.median(shares) == pytest.approx(
        1, rel=0.02
    )  # a busy machine may stop the program between two stages


def test_a_lost_face_is_searched_at_once(live: emoar.Pipeline, astronaut: NDArray[np.uint8]) -> None:
    live.reset()
    here, there = pasted(astronaut, 0, 100), pasted(astronaut, 700, 100)
    assert len(live(emoar.Frame(here, 0.0)).faces) == 1
    assert len(live(emoar.Frame(here, 1 / 30)).faces) == 1
    (face,) = live(emoar.Frame(there, 2 / 30)).faces  # it jumps: lost here, found there in the same frame
    assert face.landmarks_px[:, 0].mean() > 700


def test_smoothing_calms_a_still_face(live: emoar.Pipeline, grace_hopper: NDArray[np.uint8]) -> None:
    live.reset()
    rng = np.random.default_rng(0)
    points = []
    for index in range(40):
        noisy = np.clip(grace_hopper + rng.normal(0, 12, grace_hopper.shape), 0, 255).astype(np.uint8)
        points.append(live(emoar.Frame(noisy, index / 30)).faces[0].landmarks_px[:, :2])
    assert np.std(points[10:], axis=0).mean() < 0.35  # px, of a face 200 px wide


def test_an_older_time_begins_a_new_source(live: emoar.Pipeline, astronaut: NDArray[np.uint8]) -> None:
    live.reset()
    for time_s in (0.0, 0.1, 5.0, 0.0):
        assert [face.track_id for face in live(emoar.Frame(astronaut, time_s)).faces] == [1]


def test_a_photo_has_small_faces_a_live_view_may_miss(photo: emoar.Pipeline, live: emoar.Pipeline, astronaut) -> None:  # type: ignore[no-untyped-def]
    image = pasted(resized(astronaut, 30 / 105), 900, 500, 1600, 1200)
    (face,) = photo(image).faces
    assert 20 < face.box_xyxy_px[2] - face.box_xyxy_px[0] < 45
    live.reset()
    assert live(image).faces == ()


def test_max_faces_is_a_limit(astronaut: NDArray[np.uint8]) -> None:
    crowd = np.concatenate([np.concatenate([astronaut] * 3, axis=1)] * 2)
    for mode in ("live", "photo"):
        with emoar.Pipeline(emoar.PipelineOptions(mode=mode, max_faces=4)) as pipeline:  # type: ignore[arg-type]
            assert [face.track_id for face in pipeline(crowd).faces] == [1, 2, 3, 4]


@pytest.mark.parametrize("size", [(1, 1), (3, 700), (720, 1280)])
def test_no_face_is_a_normal_answer(photo: emoar.Pipeline, size: tuple[int, int]) -> None:
    assert photo(np.full((*size, 3), 77, np.uint8)).faces == ()


def test_labels_follow_the_chosen_set(astronaut: NDArray[np.uint8]) -> None:
    with emoar.Pipeline(emoar.PipelineOptions(mode="photo", label_set="fer2013")) as pipeline:
        assert pipeline(astronaut).faces[0].expression.label == "happy"


@pytest.mark.parametrize(
    "settings",
    [
        {"mode": "film"},
        {"max_faces": 0},
        {"threads": 0},
        {"vertical_fov_deg": 0},
        {"classify_every_s": -1},
    ],
)
def test_wrong_options_are_refused(settings: dict[str, object]) -> None:
    with pytest.raises(InputError, match="must be"):
        emoar.PipelineOptions(**settings)  # type: ignore[arg-type]


def test_a_label_set_that_the_model_lacks_is_refused() -> None:
    with pytest.raises(InputError, match="one of ferplus, fer2013 with this model, got 'moods'"):
        emoar.Pipeline(emoar.PipelineOptions(label_set="moods"))


@pytest.mark.parametrize("value", [np.full((4, 4, 3), np.nan), np.zeros((4, 4), np.uint8), "photo.jpg", None])
def test_what_is_no_picture_is_refused(live: emoar.Pipeline, value: object) -> None:
    with pytest.raises(InputError, match="image must be"):
        live(value)  # type: ignore[arg-type]


def test_a_second_source_uses_the_models_of_the_first(live: emoar.Pipeline, astronaut: NDArray[np.uint8]) -> None:
    live.reset()
    twin = emoar.Pipeline(emoar.PipelineOptions(label_set="fer2013", max_faces=1), like=live)
    for time_s in (0.0, 0.1):
        assert live(emoar.Frame(astronaut, time_s)).faces[0].expression.label == "happiness"
        assert twin(emoar.Frame(np.full_like(astronaut, 90), time_s)).faces == ()
    (face,) = twin(emoar.Frame(astronaut, 0.2)).faces
    assert (face.track_id, face.expression.label) == (1, "happy")
    twin.close()  # the models stay with their owner
    assert len(live(emoar.Frame(astronaut, 0.3)).faces) == 1


def test_missing_and_damaged_models_are_named(tmp_path) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ModelMissing, match="face_detection_short_range"):
        emoar.Pipeline(emoar.PipelineOptions(model_folder=tmp_path))
    (tmp_path / "face_detection_short_range.tflite").write_bytes(b"not a model")
    with pytest.raises(ModelMismatch, match="face_detection_short_range"):
        emoar.Pipeline(emoar.PipelineOptions(model_folder=tmp_path))


def test_scenes_pickle_copy_and_convert(astronaut: NDArray[np.uint8]) -> None:
    with emoar.Pipeline(emoar.PipelineOptions(mode="photo")) as pipeline:
        scene = pipeline(astronaut)
    for again in (pickle.loads(pickle.dumps(scene)), copy.deepcopy(scene)):
        assert again.faces[0].expression == scene.faces[0].expression
        np.testing.assert_array_equal(again.faces[0].landmarks_px, scene.faces[0].landmarks_px)
        assert again.timings_ms == scene.timings_ms
    document = dataclasses.asdict(scene)
    assert document["faces"][0]["expression"]["label"] == scene.faces[0].expression.label


def test_a_part_of_a_face_is_no_second_face() -> None:
    """Photo mode's tiles used to find parts of a large face as faces of their own in these frames."""
    with emoar.Pipeline(emoar.PipelineOptions(mode="photo")) as pipeline:
        assert [len(pipeline(frame).faces) for frame in demo_clip((60, 80, 100))] == [2, 2, 2]


def test_an_earlier_time_begins_a_new_source(astronaut: NDArray[np.uint8], grace_hopper: NDArray[np.uint8]) -> None:
    with emoar.Pipeline(emoar.PipelineOptions(classify_every_s=0)) as pipeline:
        for index in range(30):
            pipeline(emoar.Frame(astronaut, time_s=5 + index / 30))
        (face,) = pipeline(emoar.Frame(grace_hopper, time_s=0.0)).faces
        pipeline.reset()
        (fresh,) = pipeline(emoar.Frame(grace_hopper, time_s=0.0)).faces
    assert face.track_id == 1
    assert face.expression == fresh.expression


def test_measures_and_valence_are_given_where_asked_for(
    live: emoar.Pipeline, astronaut: NDArray[np.uint8], grace_hopper: NDArray[np.uint8]
) -> None:
    (plain,) = live(astronaut).faces
    assert (plain.measures, plain.valence) == (None, None)
    with emoar.Pipeline(emoar.PipelineOptions(mode="photo", measures=True, valence=True)) as pipeline:
        (smiling,), (still,) = (pipeline(picture).faces for picture in (astronaut, grace_hopper))
        assert "measure" in pipeline(astronaut).timings_ms
    assert "measure" not in live(astronaut).timings_ms
    assert smiling.measures is not None
    assert still.measures is not None
    assert tuple(smiling.measures) == MEASURES
    for side in ("Left", "Right"):
        assert smiling.measures[f"mouthSmile{side}"] > still.measures[f"mouthSmile{side}"] + 0.3
    assert smiling.valence == pytest.approx(valence(smiling.expression.probabilities))


def test_measures_of_a_live_view_are_relative_to_the_persons_own_neutral_face(grace_hopper: NDArray[np.uint8]) -> None:
    with emoar.Pipeline(emoar.PipelineOptions(measures=True)) as pipeline:
        faces = [pipeline(emoar.Frame(grace_hopper, time_s=index / 10)).faces[0] for index in range(60)]
    assert {face.expression.label for face in faces} == {"neutral"}
    first, last = (sum((face.measures or {}).values()) for face in (faces[0], faces[-1]))
    assert last < 0.5 * first
