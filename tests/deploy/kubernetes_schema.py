"""The fields of Kubernetes objects that the manifest uses, as the API reference defines them; any other is an error.

The names are those of the API (`camelCase`), which `alias_generator` derives.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter
from pydantic.alias_generators import to_camel

Quantity = Annotated[str, Field(pattern=r"^[0-9]+(\.[0-9]+)?(m|k|M|G|Ki|Mi|Gi)?$")]
Name = Annotated[str, Field(pattern=r"^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$")]
Labels = dict[str, str]
Port = int | Name
Seconds = Annotated[int, Field(ge=1)]


class _Object(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, alias_generator=to_camel)


class _Metadata(_Object):
    name: Name
    labels: Labels = {}


class _Selector(_Object):
    match_labels: Labels


class _HttpGet(_Object):
    path: Annotated[str, Field(pattern="^/")]
    port: Port


class _Probe(_Object):
    http_get: _HttpGet
    period_seconds: Seconds = 10
    timeout_seconds: Seconds = 1
    failure_threshold: Seconds = 3


class _Exec(_Object):
    command: Annotated[list[str], Field(min_length=1)]


class _Handler(_Object):
    exec: _Exec


class _Lifecycle(_Object):
    pre_stop: _Handler


class _Variable(_Object):
    name: Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]*$")]
    value: str  # a number or a truth value in YAML is refused by the API


class _ContainerPort(_Object):
    name: Name
    container_port: Annotated[int, Field(ge=1, le=65535)]


class _Resources(_Object):
    requests: dict[Literal["cpu", "memory", "ephemeral-storage"], Quantity]
    limits: dict[Literal["cpu", "memory", "ephemeral-storage"], Quantity]


class _Capabilities(_Object):
    drop: list[str]


class _ContainerSecurity(_Object):
    allow_privilege_escalation: bool
    read_only_root_filesystem: bool
    capabilities: _Capabilities


class _Mount(_Object):
    name: Name
    mount_path: Annotated[str, Field(pattern="^/")]
    read_only: bool = False


class _Container(_Object):
    name: Name
    image: str
    ports: list[_ContainerPort]
    env: list[_Variable]
    resources: _Resources
    security_context: _ContainerSecurity
    lifecycle: _Lifecycle
    startup_probe: _Probe
    readiness_probe: _Probe
    liveness_probe: _Probe
    volume_mounts: list[_Mount]


class _Seccomp(_Object):
    type: Literal["RuntimeDefault", "Localhost", "Unconfined"]


class _PodSecurity(_Object):
    run_as_non_root: bool
    run_as_user: int
    run_as_group: int
    fs_group: int
    seccomp_profile: _Seccomp


class _Spread(_Object):
    max_skew: Seconds
    topology_key: str
    when_unsatisfiable: Literal["DoNotSchedule", "ScheduleAnyway"]
    label_selector: _Selector


class _Secret(_Object):
    secret_name: Name
    default_mode: Annotated[int, Field(ge=0, le=0o777)]


class _EmptyDir(_Object):
    medium: Literal["", "Memory"] = ""
    size_limit: Quantity


class _Volume(_Object):
    name: Name
    secret: _Secret | None = None
    empty_dir: _EmptyDir | None = None


class _Pod(_Object):
    automount_service_account_token: bool
    enable_service_links: bool
    termination_grace_period_seconds: Seconds
    security_context: _PodSecurity
    topology_spread_constraints: list[_Spread]
    containers: Annotated[list[_Container], Field(min_length=1)]
    volumes: list[_Volume]


class _Template(_Object):
    metadata: Annotated[dict[Literal["labels"], Labels], Field()]
    spec: _Pod


class _RollingUpdate(_Object):
    max_unavailable: int | str
    max_surge: int | str


class _Strategy(_Object):
    rolling_update: _RollingUpdate


class _DeploymentSpec(_Object):
    replicas: int
    strategy: _Strategy
    selector: _Selector
    template: _Template


class Deployment(_Object):
    """A Deployment."""

    api_version: Literal["apps/v1"]
    kind: Literal["Deployment"]
    metadata: _Metadata
    spec: _DeploymentSpec


class _ServicePort(_Object):
    name: Name
    port: Annotated[int, Field(ge=1, le=65535)]
    target_port: Port


class _ServiceSpec(_Object):
    selector: Labels
    ports: list[_ServicePort]


class Service(_Object):
    """A Service."""

    api_version: Literal["v1"]
    kind: Literal["Service"]
    metadata: _Metadata
    spec: _ServiceSpec


class _Peer(_Object):
    namespace_selector: _Selector


class _PolicyPort(_Object):
    protocol: Literal["TCP", "UDP", "SCTP"]
    port: Port


class _Ingress(_Object):
    from_: Annotated[list[_Peer], Field(alias="from")]
    ports: list[_PolicyPort]


class _PolicySpec(_Object):
    pod_selector: _Selector
    policy_types: list[Literal["Ingress", "Egress"]]
    ingress: list[_Ingress]
    egress: list[Any]


class NetworkPolicy(_Object):
    """A NetworkPolicy."""

    api_version: Literal["networking.k8s.io/v1"]
    kind: Literal["NetworkPolicy"]
    metadata: _Metadata
    spec: _PolicySpec


class _ScaleTarget(_Object):
    api_version: str
    kind: str
    name: Name


class _Target(_Object):
    type: Literal["Utilization", "Value", "AverageValue"]
    average_utilization: int


class _ResourceMetric(_Object):
    name: Literal["cpu", "memory"]
    target: _Target


class _Metric(_Object):
    type: Literal["Resource"]
    resource: _ResourceMetric


class _ScalerSpec(_Object):
    scale_target_ref: _ScaleTarget
    min_replicas: int
    max_replicas: int
    metrics: list[_Metric]


class Scaler(_Object):
    """A HorizontalPodAutoscaler."""

    api_version: Literal["autoscaling/v2"]
    kind: Literal["HorizontalPodAutoscaler"]
    metadata: _Metadata
    spec: _ScalerSpec


class _BudgetSpec(_Object):
    min_available: int | str
    selector: _Selector


class Budget(_Object):
    """A PodDisruptionBudget."""

    api_version: Literal["policy/v1"]
    kind: Literal["PodDisruptionBudget"]
    metadata: _Metadata
    spec: _BudgetSpec


MANIFEST: TypeAdapter[Any] = TypeAdapter(
    Annotated[Deployment | Service | NetworkPolicy | Scaler | Budget, Field(discriminator="kind")]
)
