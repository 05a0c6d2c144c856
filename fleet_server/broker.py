"""Mosquitto as a child of the server: its configuration, its life, and its end with ours."""

import logging
import os
import shutil
import signal
import socket
import subprocess
import threading
import time
from pathlib import Path
from typing import Final

from fleet_server.authority.store import Authority
from fleet_server.errors import BadSettings
from telemetry.wire.signed import MAX_SIGNED_BYTES

logger = logging.getLogger(__name__)

MAX_PACKET_BYTES: Final = MAX_SIGNED_BYTES + 16 * 1024
"""An order of the largest size, and what MQTT puts around it; whoever sends more is thrown out."""

_ACL: Final = """\
user server
topic read fleet/v1/+/up/#
topic write fleet/v1/+/down/#

pattern write fleet/v1/%u/up/#
pattern read fleet/v1/%u/down/#
"""
_START_SECONDS: Final = 60.0
_BACK_OFF_SECONDS: Final = (0.1, 10.0)
_STEADY_SECONDS: Final = 30.0


def configuration(authority: Authority, acl_file: Path, listen: str, port: int) -> str:
    """mosquitto.conf: who has a certificate of this authority gets in, under its name only.

    The queue is wide because messages to the server at QoS 0 are dropped beyond it, and each of
    thousands of assets may have four on their way.
    """
    return f"""\
per_listener_settings false
allow_anonymous false
acl_file {acl_file}
persistence false
retain_available false
max_queued_messages 100000
max_queued_bytes 268435456
max_inflight_messages 0
max_packet_size {MAX_PACKET_BYTES}
set_tcp_nodelay true
sys_interval 0
log_dest stderr
log_type error
log_type warning
log_type notice
log_timestamp false
{"user root" if os.geteuid() == 0 else ""}
listener {port} {listen}
max_qos 1
cafile {authority.ca_file}
certfile {authority.server_certificate_file}
crlfile {authority.revoked_file}
keyfile {authority.server_key_file}
require_certificate true
use_identity_as_username true
use_username_as_clientid true
"""


class Broker:
    """One Mosquitto, started again with back-off when it dies, gone when this process is gone.

    `oversized` counts clients that were thrown out for too large a packet.
    """

    def __init__(self, folder: Path, authority: Authority, listen: str, port: int) -> None:
        self._folder = folder
        self._authority = authority
        self._listen = listen
        self.port = port
        self.restarts = 0
        self.oversized = 0
        self._child: subprocess.Popen[str] | None = None
        self._ended = threading.Event()

    @property
    def pid(self) -> int | None:
        """The child's process id while it runs."""
        child = self._child
        return child.pid if child is not None and child.poll() is None else None

    def prepare(self) -> None:
        """Settle on a port and write the configuration, for `keep` to run.

        Raises:
            BadSettings: Mosquitto is not installed, or its port is taken.
        """
        self._program = _program()
        self.port = claimed_port(self._listen, self.port, "--broker-port")
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        acl_file = self._folder / "acl"
        self._write(acl_file, _ACL)
        text = configuration(self._authority, acl_file, self._listen, self.port)
        self._write(self._folder / "mosquitto.conf", text)

    def wait(self) -> None:
        """Return when it accepts connections.

        Raises:
            BadSettings: it does not start.
        """
        if not self._accepts_within(_START_SECONDS):
            raise BadSettings("broker_does_not_start")

    def reload(self) -> None:
        """Have it read its list of revoked certificates again; connections live on."""
        child = self._child
        if child is not None and child.poll() is None:
            child.send_signal(signal.SIGHUP)

    def stop(self) -> None:
        """End it, by TERM and after five seconds by KILL; `keep` returns then. Twice is fine."""
        self._ended.set()
        child = self._child
        if child is not None and child.poll() is None:
            child.terminate()
            try:
                child.wait(5)
            except subprocess.TimeoutExpired:
                child.kill()

    def keep(self) -> None:
        """Run Mosquitto until `stop`, again whenever it dies. For a thread of its own.

        The thread must live on as long as the process: PDEATHSIG follows it.
        """
        shortest, longest = _BACK_OFF_SECONDS
        pause = shortest
        while not self._ended.is_set():
            started = time.monotonic()
            code = self._run_once()
            if self._ended.is_set():
                return
            self.restarts += 1
            if time.monotonic() - started > _STEADY_SECONDS:
                pause = shortest
            logger.warning(
                "the broker ended and is started again",
                extra={"exit_code": code, "after_seconds": round(pause, 1)},
            )
            self._ended.wait(pause)
            pause = min(longest, pause * 2)

    def _run_once(self) -> int:
        """Run one child to its end, reading what it says; its exit code."""
        command = [*self._program, "-c", str(self._folder / "mosquitto.conf")]
        with subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            start_new_session=True,  # Ctrl-C in a terminal is for us, who end it in our order
        ) as child:
            self._child = child
            if self._ended.is_set():  # stop() came before there was a child to end
                child.terminate()
            for line in child.stderr or ():
                self._hear(line.strip())
            return child.wait()

    def _hear(self, line: str) -> None:
        if "oversize" in line:
            self.oversized += 1
        if line.startswith(("Error", "Warning", "Unable")):
            logger.warning("the broker complains", extra={"line": line[:200]})
        else:
            logger.debug("the broker says", extra={"line": line[:200]})

    def _accepts_within(self, seconds: float) -> bool:
        host = "127.0.0.1" if self._listen in {"0.0.0.0", "::", ""} else self._listen  # noqa: S104
        until = time.monotonic() + seconds
        while time.monotonic() < until and not self.restarts:
            try:
                with socket.create_connection((host, self.port), 1):
                    return True
            except OSError:
                self._ended.wait(0.05)
        return False

    @staticmethod
    def _write(path: Path, text: str) -> None:
        path.write_text(text)
        path.chmod(0o600)


def claimed_port(host: str, port: int, flag: str) -> int:
    """`port` when it is free, or a free one for 0.

    Raises:
        BadSettings: something listens there.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
            probe.listen(1)
        except OSError as error:
            raise BadSettings("port_taken", port=port, host=host, flag=flag) from error
        found: int = probe.getsockname()[1]
        return found


def _program() -> list[str]:
    """The command, with util-linux's setpriv asking the kernel to end it when we are killed.

    Raises:
        BadSettings: there is no Mosquitto.
    """
    path = f"{os.environ.get('PATH', '')}:/usr/local/sbin:/usr/sbin"
    mosquitto = shutil.which("mosquitto", path=path)
    if mosquitto is None:
        raise BadSettings("no_broker_program")
    setpriv = shutil.which("setpriv", path=path)
    return [setpriv, "--pdeathsig", "KILL", mosquitto] if setpriv else [mosquitto]
