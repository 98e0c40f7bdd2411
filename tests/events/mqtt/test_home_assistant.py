"""The description of the device against Home Assistant's schema, written down by hand with its abbreviations."""

from __future__ import annotations

from typing import Any

import pytest

from emoar.events.mqtt.home_assistant import DEFAULT_LABELS, birth_topic, discovery, discovery_topic

# homeassistant/components/mqtt: schemas.py (DEVICE_DISCOVERY_SCHEMA), abbreviations.py, sensor.py, binary_sensor.py.
ROOT = {"dev", "o", "cmps", "availability", "state_topic", "command_topic", "qos", "encoding"}
DEVICE = {"ids", "cns", "mf", "mdl", "name", "hw", "sn", "sw", "via_device", "sa", "cu"}
ORIGIN = {"name", "sw", "url"}
ENTITY = {"p", "unique_id", "name", "value_template", "expire_after", "json_attributes_topic", "device_class", "icon"}
PLATFORMS = {
    "sensor": ENTITY | {"options", "state_class", "unit_of_measurement", "force_update"},
    "binary_sensor": ENTITY | {"payload_on", "payload_off", "off_delay", "force_update"},
}
DEVICE_CLASSES = {"sensor": {"enum", None}, "binary_sensor": {"occupancy", "presence", None}}


def check(document: dict[str, Any]) -> None:
    assert set(document) <= ROOT
    assert {"dev", "o", "cmps"} <= set(document)
    assert set(document["dev"]) <= DEVICE
    assert document["dev"]["ids"]
    assert set(document["o"]) <= ORIGIN
    assert document["o"]["name"]
    assert all(set(place) == {"topic"} for place in document["availability"])
    assert document["qos"] in (0, 1, 2)
    for component in document["cmps"].values():
        assert set(component) <= PLATFORMS[component["p"]]
        assert component["unique_id"]
        assert component.get("device_class") in DEVICE_CLASSES[component["p"]]
        if component.get("device_class") == "enum":  # these exclude each other in sensor.py
            assert component["options"]
            assert not {"state_class", "unit_of_measurement"} & set(component)
        assert isinstance(component.get("expire_after", 1), int)
        assert component.get("expire_after", 1) > 0
    ids = [component["unique_id"] for component in document["cmps"].values()]
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("rate", [None, 0.0, 0.01, 10.0])
def test_the_description_follows_the_schema(rate: float | None) -> None:
    check(discovery("emoar/hall", "hall", DEFAULT_LABELS, rate))


def test_every_state_is_an_option() -> None:
    options = discovery("emoar/hall", "hall", ("yawn",), None)["cmps"]["expression"]["options"]
    assert options == ["yawn", "unsure", "none"]


@pytest.mark.parametrize(("rate", "expires"), [(None, 60), (10.0, 60), (0.01, 300), (0.0, None)])
def test_a_state_expires_only_where_there_is_a_heartbeat(rate: float | None, expires: int | None) -> None:
    components = discovery("emoar/hall", "hall", DEFAULT_LABELS, rate)["cmps"].values()
    assert {component.get("expire_after") for component in components} == {expires}


def test_the_model_is_named_where_it_is_known() -> None:
    named = discovery("emoar/hall", "hall", DEFAULT_LABELS, None, "emoar-s")
    check(named)
    assert named["dev"]["mdl"] == "emoar-s"


def test_topics() -> None:
    assert discovery_topic("homeassistant", "hall") == "homeassistant/device/emoar_hall/config"
    assert birth_topic("homeassistant") == "homeassistant/status"
