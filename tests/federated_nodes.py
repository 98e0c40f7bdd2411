"""Light nodes for the tests of a federation: Flower's protocol over TLS with the node's key, in threads.

Each answers messages with EmoAR's own client. It can be killed in the middle of an answer.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, Literal

import httpx
from cryptography.hazmat.primitives.serialization import load_ssh_private_key
from flwr.app import Context, Message, RecordDict
from flwr.app.message import remove_content_from_message
from flwr.common.serde import message_from_proto, message_to_proto
from flwr.proto.fleet_pb2 import ActivateNodeRequest, DeactivateNodeRequest, PullMessagesRequest, PushMessagesRequest
from flwr.proto.heartbeat_pb2 import SendNodeHeartbeatRequest
from flwr.proto.node_pb2 import Node
from flwr.supercore.inflatable.inflatable_object import (
    get_all_nested_objects,
    get_object_tree,
    iterate_object_tree,
    no_object_id_recompute,
)
from flwr.supercore.inflatable.inflatable_protobuf_utils import (
    make_confirm_message_received_fn_protobuf,
    make_pull_object_fn_protobuf,
    make_push_object_fn_protobuf,
)
from flwr.supercore.inflatable.inflatable_utils import (
    ObjectPullError,
    ObjectPushError,
    ObjectUnavailableError,
    inflate_object_from_contents,
)
from flwr.supercore.interceptors.http.runtime_version import RuntimeVersionHttpInterceptor
from flwr.supercore.primitives.asymmetric import public_key_to_bytes
from flwr.supernode.fleet_http_client import FleetHttpClient
from flwr.supernode.node_auth_http_interceptor import NodeAuthHttpInterceptor

__all__ = ["Death", "LightNode"]

Death = Literal["with the question", "with the answer"]
_HEARTBEAT_S: Final = 10.0  # the shortest that Flower allows; a node that is silent for twice as long is gone
_PASSING: Final = (httpx.HTTPError, RuntimeError, ValueError, ObjectPullError, ObjectPushError, ObjectUnavailableError)
_PAUSE_S: Final = 1.5


class LightNode:
    """A node.

    Args:
        address: host and port of the server.
        authority: path of its ca.crt.
        key: path of the node's private key.
        config: the node's configuration, as of `flower-supernode --node-config`.
        answer: the client: a message and its context -> the reply.
    """

    def __init__(
        self,
        address: str,
        authority: Path,
        key: Path,
        config: dict[str, str],
        answer: Callable[[Message, Context], Message],
    ) -> None:
        self.name = key.parent.name
        self.sent: list[tuple[int, int]] = []  # run and round of each complete answer, of each stage
        self.died = threading.Event()
        self.node_id = 0  # since the last activation
        self.refused = ""  # what the server last answered instead of accepting the node
        self._address, self._authority, self._key = address, authority, key
        self._config, self._answer = config, answer
        self._contexts: dict[int, Context] = {}
        self._stop, self._death, self._farewell = threading.Event(), "", False
        self._death_after = 0
        self.error: Exception | None = None  # of the node itself, a fault of the test
        self._thread = threading.Thread(target=self._watched, daemon=True)
        self._thread.start()

    def kill(self, when: Death, after: int = 0, *, farewell: bool = False) -> None:
        """Ends the node at that moment of an answer, `after` so many; with a farewell, the server knows at once."""
        self._death, self._death_after, self._farewell = when, after, farewell

    def leave(self) -> None:
        """Ends the node properly."""
        self._stop.set()
        self._thread.join(60)

    @property
    def joined(self) -> bool:
        """Whether the server has accepted the node."""
        assert self.error is None, repr(self.error)
        return bool(self.node_id)

    def _watched(self) -> None:
        try:
            self._live()
        except Exception as exc:
            self.error = exc

    def _live(self) -> None:
        private: Any = load_ssh_private_key(self._key.read_bytes(), password=None)
        interceptors = [
            RuntimeVersionHttpInterceptor(component_name="SuperNode"),
            NodeAuthHttpInterceptor(private, private.public_key()),
        ]
        with FleetHttpClient.from_server_address(
            self._address, False, self._authority.read_bytes(), interceptors
        ) as client:
            while not self._stop.is_set() and not self.died.is_set():
                try:
                    self._connected(client, private.public_key())
                except _PASSING as exc:  # the server is starting, or gone: again
                    self.refused = f"{exc} {exc.response.text if isinstance(exc, httpx.HTTPStatusError) else ''}"
                    self._stop.wait(_PAUSE_S)
            if self.node_id and (self._farewell or not self.died.is_set()):
                try:
                    client.DeactivateNode(DeactivateNodeRequest(node_id=self.node_id))
                except (httpx.HTTPError, RuntimeError):
                    return

    def _connected(self, client: FleetHttpClient, public: Any) -> None:
        asked = ActivateNodeRequest(public_key=public_key_to_bytes(public), heartbeat_interval=_HEARTBEAT_S)
        self.node_id = client.ActivateNode(asked).node_id
        node, beat = Node(node_id=self.node_id), 0.0
        while not self._stop.is_set() and not self.died.is_set():
            try:
                if time.monotonic() > beat:
                    heartbeat = SendNodeHeartbeatRequest(node=node, heartbeat_interval=_HEARTBEAT_S)
                    if not client.SendNodeHeartbeat(heartbeat).success:
                        return  # the server does not know this node any more
                    beat = time.monotonic() + _HEARTBEAT_S / 3
                answer = client.PullMessages(PullMessagesRequest(node=node))
            except httpx.HTTPError as exc:
                if isinstance(exc, httpx.HTTPStatusError) and exc.response.status_code not in (500, 502, 503, 504):
                    raise
                beat = 0.0
                self._stop.wait(_PAUSE_S)
                continue
            if not answer.messages_list:
                self._stop.wait(_PAUSE_S)
                continue
            self._work(client, node, message_from_proto(answer.messages_list[0]), answer.message_object_trees[0])

    def _work(self, client: FleetHttpClient, node: Node, message: Any, tree: Any) -> None:
        run, identity = message.metadata.run_id, message.metadata.message_id
        pull = make_pull_object_fn_protobuf(client.PullObject, node, run)
        objects = {each.object_id: self._pulled(pull, each.object_id) for each in iterate_object_tree(tree)}
        make_confirm_message_received_fn_protobuf(client.ConfirmMessageReceived, node, run)(identity)
        message = inflate_object_from_contents(identity, objects)
        message.metadata.__dict__["_message_id"] = identity
        if self._dies("with the question"):
            return
        context = self._contexts.setdefault(run, Context(run, self.node_id, self._config, RecordDict(), {}, run))
        number = int(message.content.config_records["config"]["round"])
        reply = self._answer(message, context)
        if self._dies("with the answer"):
            return
        self._send(client, node, run, reply)
        self.sent.append((run, number))

    def _pulled(self, pull: Callable[[str], bytes], identity: str) -> bytes:
        while True:
            try:
                return pull(identity)
            except ObjectUnavailableError:  # the server still sends it
                if self._stop.wait(_PAUSE_S):
                    raise

    def _send(self, client: FleetHttpClient, node: Node, run: int, reply: Message) -> None:
        reply.metadata.__dict__["_message_id"] = reply.object_id
        nested = {name: each.deflate() for name, each in get_all_nested_objects(reply).items()}
        asked = PushMessagesRequest(
            node=node,
            messages_list=[_without_content(reply)],
            message_object_trees=[get_object_tree(reply)],
            clientapp_runtime_list=[0.0],
        )
        pushed = client.PushMessages(asked)
        push = make_push_object_fn_protobuf(client.PushObject, node, run, pushed.session_id)
        for name in pushed.objects_to_push:
            push(name, nested[name])

    def _dies(self, when: str) -> bool:
        if self._death == when:
            if self._death_after:
                self._death_after -= 1
            else:
                self.died.set()
        return self.died.is_set()


def _without_content(reply: Message) -> Any:
    with no_object_id_recompute():
        return message_to_proto(remove_content_from_message(reply) if reply.has_content() else reply)
