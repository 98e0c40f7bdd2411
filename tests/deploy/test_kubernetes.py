"""The manifest: valid, and consistent with the server's settings and limits."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from emoar.server.process_limits import memory_share_bytes
from emoar.server.settings import Settings, load_settings

from .kubernetes_schema import MANIFEST, Budget, Deployment, NetworkPolicy, Scaler, Service

PATH = Path(__file__).parents[2] / "deploy" / "kubernetes.yaml"
DOCUMENTS: list[dict[str, Any]] = list(yaml.safe_load_all(PATH.read_text()))
UNITS = {"Ki": 1 << 10, "Mi": 1 << 20, "Gi": 1 << 30}
WORKER_BYTES = 900_000_000  # what the largest permitted picture takes: 40 MP with 16 bits and alpha, models included


def objects() -> dict[type, Any]:
    return {type(found): found for found in map(MANIFEST.validate_python, DOCUMENTS)}


def pod() -> Any:
    return objects()[Deployment].spec.template.spec


def size(quantity: str) -> int:
    number, unit = re.fullmatch(r"(\d+)(\w*)", quantity).groups()  # type: ignore[union-attr]
    return int(number) * UNITS[unit]


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch) -> Settings:
    """As the server in the pod reads them, with the command of the image."""
    environment = {variable.name: variable.value for variable in pod().containers[0].env}
    return load_settings(environment=environment, public=True, force=True)


def test_every_object_is_valid() -> None:
    assert set(objects()) == {Deployment, Service, NetworkPolicy, Scaler, Budget}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("spec", "template", "spec", "containers", 0, "env", 0, "value"), True),
        (("spec", "template", "spec", "containers", 0, "resources", "limits", "memory"), "3 Gi"),
        (("spec", "template", "spec", "securityContext", "runAsUser"), "10001"),
        (("spec", "template", "spec", "unknown"), 1),
        (("apiVersion",), "apps/v2"),
    ],
)
def test_the_schema_finds_faults(path: tuple[str | int, ...], value: object) -> None:
    document = yaml.safe_load(PATH.read_text().partition("\n---")[0])
    place = document
    for part in path[:-1]:
        place = place[part]
    place[path[-1]] = value
    with pytest.raises(ValidationError):
        MANIFEST.validate_python(document)


def test_all_objects_are_about_the_same_pods() -> None:
    found = objects()
    labels = found[Deployment].spec.template.metadata["labels"]
    selectors = [
        found[Deployment].spec.selector.match_labels,
        found[Service].spec.selector,
        found[NetworkPolicy].spec.pod_selector.match_labels,
        found[Budget].spec.selector.match_labels,
        *(each.label_selector.match_labels for each in pod().topology_spread_constraints),
    ]
    assert all(selector == labels for selector in selectors)
    assert found[Scaler].spec.scale_target_ref.name == found[Deployment].metadata.name
    assert found[Budget].spec.min_available < found[Scaler].spec.min_replicas


def test_ports_and_volumes_have_their_counterparts() -> None:
    (container,) = pod().containers
    names = {port.name for port in container.ports}
    assert {port.target_port for port in objects()[Service].spec.ports} <= names
    assert {port.port for rule in objects()[NetworkPolicy].spec.ingress for port in rule.ports} <= names
    assert {probe.http_get.port for probe in (container.startup_probe, container.readiness_probe)} <= names
    assert {mount.name for mount in container.volume_mounts} == {volume.name for volume in pod().volumes}


def test_the_settings_are_valid_and_name_proxies_and_hosts(settings: Settings) -> None:
    assert settings.needs_keys
    assert settings.trusted_proxies
    assert settings.allowed_hosts
    assert not settings.hides_addresses
    assert pod().enable_service_links is False  # EMOAR_PORT and others of the Service would be read as settings


def test_the_memory_adds_up(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    (container,) = pod().containers
    limit = size(container.resources.limits["memory"])
    monkeypatch.setattr("emoar.server.process_limits.memory_limit_bytes", lambda: limit)
    processes = settings.worker_count + (settings.max_running_jobs if settings.max_jobs else 0)
    worker = memory_share_bytes(3 << 30, processes)
    received = settings.max_uploads + settings.max_requests + 2 * settings.max_sockets  # a frame, and the next one
    server = 100_000_000 + received * settings.max_upload_bytes
    scratch = sum(size(volume.empty_dir.size_limit) for volume in pod().volumes if volume.empty_dir)
    assert worker >= WORKER_BYTES
    assert processes * worker + server <= limit
    assert scratch <= size("64Mi")  # it is memory, and used by nothing but Python while there are no jobs


def test_a_pod_may_do_little() -> None:
    (container,) = pod().containers
    assert container.security_context.read_only_root_filesystem
    assert not container.security_context.allow_privilege_escalation
    assert container.security_context.capabilities.drop == ["ALL"]
    assert pod().security_context.run_as_non_root
    assert not pod().automount_service_account_token
    (secret,) = (volume.secret for volume in pod().volumes if volume.secret)
    assert secret.default_mode == 0o400
    policy = objects()[NetworkPolicy].spec
    assert (set(policy.policy_types), policy.egress) == ({"Ingress", "Egress"}, [])
    assert {"ephemeral-storage", "memory"} <= set(container.resources.limits)


def test_a_pod_leaves_in_good_order(settings: Settings) -> None:
    (container,) = pod().containers
    command = container.lifecycle.pre_stop.exec.command
    assert command[0] == "sleep"
    assert int(command[1]) >= container.readiness_probe.period_seconds
    assert int(command[1]) + settings.drain_s < pod().termination_grace_period_seconds
    update = objects()[Deployment].spec.strategy.rolling_update
    assert update.max_unavailable == 0
