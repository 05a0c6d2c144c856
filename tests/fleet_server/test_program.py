"""The whole server as a process: started, used, stopped, killed, restored."""

import contextlib
import hashlib
import io
import json
import os
import shutil
import socket
import ssl
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion

import courtfleet
from fleet_server.authority.store import Authority
from fleet_server.broker import Broker
from telemetry.wire.enrolment import Invitation, from_string
from tests.fleet_server.asking import COURT
from tests.fleet_server.machine import Machine
from tests.services.server import Server, server, wait_until_gone
from tests.services.waiting import PATIENCE_SECONDS, wait_for

pytestmark = pytest.mark.integration


def _command(at: Server | Path, *words: str) -> subprocess.CompletedProcess[str]:
    """A command in this process, which has loaded it already; a server gets one of its own."""
    data = at.data if isinstance(at, Server) else at
    environment = {"COURTFLEET_SERVER": str(data), "LC_ALL": "C.UTF-8"}
    if words[0] == "serve":
        return subprocess.run(
            [sys.executable, "-m", "courtfleet", *words],
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
            check=False,
        )
    said, complained = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(complained):
            try:
                status = courtfleet.main(list(words))
            except SystemExit as ending:
                status = int(ending.code or 0)
    return subprocess.CompletedProcess(words, status, said.getvalue(), complained.getvalue())


def _added(running: Server, asset: str) -> Invitation:
    words = ("add", asset, "--kind", "vehicle", "--court", COURT, "--json")
    done = _command(running, "assets", *words)
    assert done.returncode == 0, done.stderr
    return from_string(json.loads(done.stdout)["items"][0]["enrolment_string"])


def _enrolled(invitation: Invitation, folder: Path) -> ssl.SSLContext:
    """Enrol as an agent does; what to connect to the broker with."""
    machine = Machine()
    trusting = ssl.create_default_context()
    trusting.check_hostname = False
    trusting.verify_mode = ssl.CERT_NONE
    base = f"https://{invitation.host}:{invitation.port}"
    with httpx.Client(verify=trusting, trust_env=False) as client:
        ca = client.get(f"{base}/ca").text
    der = ssl.PEM_cert_to_DER_cert(ca)
    assert hashlib.sha256(der).hexdigest() == invitation.fingerprint
    with httpx.Client(verify=ssl.create_default_context(cadata=ca), trust_env=False) as client:
        body = {"csr": machine.csr(), "secret": invitation.secret}
        answer = client.post(f"{base}/enrol", json=body)
    assert answer.status_code == 200, answer.text
    paper = folder / "machine.pem"
    paper.write_text(answer.json()["certificate"] + machine.key_pem())
    context = ssl.create_default_context(cadata=answer.json()["ca"])
    context.load_cert_chain(paper)
    return context


def _connects(context: ssl.SSLContext, port: int) -> bool:
    """Whether the broker lets this client in."""
    reasons: list[int] = []
    client = paho.Client(CallbackAPIVersion.VERSION2, protocol=paho.MQTTv5)
    client.tls_set_context(context)
    client.on_connect = lambda c, u, f, reason, p: reasons.append(reason.value)
    until = time.monotonic() + PATIENCE_SECONDS
    try:
        client.connect("localhost", port)
        while not reasons and time.monotonic() < until and client.loop(0.1) == 0:
            pass
    except OSError:
        return False
    client.disconnect()
    return reasons == [0]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with server(tmp_path_factory.mktemp("production") / "data") as made:
        yield made


def test_a_machine_enrols_over_tls_and_the_broker_lets_it_in(
    running: Server, tmp_path: Path
) -> None:
    context = _enrolled(_added(running, "veh-001"), tmp_path)

    assert _connects(context, running.ready.broker_port)


def test_a_production_broker_refuses_a_certificate_of_a_demo_server(
    running: Server, tmp_path: Path
) -> None:
    with server(tmp_path / "demo", "--demo") as demo:
        simulated = _enrolled(_added(demo, "veh-001"), tmp_path)
        assert _connects(simulated, demo.ready.broker_port)
    simulated.load_verify_locations(running.data / "authority" / "real" / "ca.pem")

    assert not _connects(simulated, running.ready.broker_port)


def test_the_console_listens_on_loopback_and_says_so(running: Server) -> None:
    port = int(running.ready.console.rpartition(":")[2])

    assert "(this machine only)" in running.log.read_text()
    assert httpx.get(f"{running.ready.console}/healthz", trust_env=False).text == "ok\n"
    with socket.socket() as outer:
        # Taken on 127.0.0.1 only: another address of this machine is still free.
        outer.bind(("127.0.0.2", port))


def test_only_the_servers_user_reaches_its_socket_and_keys(running: Server) -> None:
    for path in [running.data, *running.data.rglob("*")]:
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


def test_the_first_password_signs_in_and_is_not_in_the_log(running: Server) -> None:
    assert running.ready.first_password_file is not None
    password = Path(running.ready.first_password_file).read_text().strip()

    with httpx.Client(base_url=running.ready.console, trust_env=False) as client:
        assert client.get("/api/v1/assets").status_code == 401
        signed = client.post("/api/v1/session", json={"name": "admin", "password": password})
        assert signed.status_code == 201
        assert client.get("/api/v1/assets").status_code == 200
    assert password not in running.log.read_text()


def test_a_second_server_on_the_same_folder_is_refused(running: Server) -> None:
    done = _command(running, "serve", "--data", str(running.data))

    assert done.returncode == 1
    assert done.stderr.startswith("Another server runs on the data folder")


def test_a_taken_port_is_said_in_one_sentence(running: Server, tmp_path: Path) -> None:
    port = running.ready.console.rpartition(":")[2]

    done = _command(running, "serve", "--data", str(tmp_path / "x"), "--console-port", port)

    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "--console-port" in done.stderr


def test_a_database_that_cannot_be_reached_is_said_in_one_sentence(tmp_path: Path) -> None:
    url = "postgresql+psycopg://nobody@/nothing?host=/nowhere"
    ports = [word for name in ("console", "enrol", "link-test") for word in (f"--{name}-port", "0")]

    done = _command(
        tmp_path,
        "serve",
        "--data",
        str(tmp_path),
        "--database",
        url,
        "--listen",
        "127.0.0.1",
        *ports,
    )

    assert done.returncode == 1
    assert "/nowhere" in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("status", "--once"), "assets live"),
        (("status", "--once", "--lang", "zh-CN"), "个资产中"),
        (("assets", "list"), "asset"),
        (("tokens", "list"), "label"),
    ],
)
def test_a_command_reads_the_server_over_its_socket(
    running: Server, words: tuple[str, ...], said: str
) -> None:
    done = _command(running, *words)

    assert (done.returncode, done.stderr) == (0, "")
    assert said in done.stdout


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (("assets", "show", "veh-404"), 1, "There is no asset veh-404"),
        (("assets", "add", "A", "--kind", "vehicle", "--court", "x"), 1, "'A' cannot be"),
        (("assets", "add", "a", "--kind", "vehicle", "--court", "x,y"), 2, "court"),
        (("ready", "veh-404", "hearing"), 1, "There is no asset"),
        (("history", "veh-404", "rsrp_dbm"), 1, "There is no asset"),
        (("history", "veh-404", "rsrp_dbm", "--since", "soon"), 1, "'soon' is no time"),
        (("export", "x.doc"), 1, ".csv or .parquet"),
        (("export", "/nowhere/x.csv"), 1, "cannot be written"),
        (("status", "--server", "/nowhere"), 1, "No server answers"),
        (("status", "--server", "http://127.0.0.1:9"), 1, "No server answers"),
    ],
)
# httpcore leaves a socket that found nobody to the garbage collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_command_that_cannot_says_why_in_one_sentence(
    running: Server, words: tuple[str, ...], status: int, said: str
) -> None:
    done = _command(running, *words)

    assert done.returncode == status
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stderr.count("\n") == 1


def test_an_export_is_written_whole(running: Server, tmp_path: Path) -> None:
    done = _command(running, "export", str(tmp_path / "all.csv"), "--json")

    assert json.loads(done.stdout) == {"rows": 0}
    assert [path.name for path in tmp_path.iterdir()] == ["all.csv"]


def test_the_stream_speaks_over_a_real_connection(running: Server) -> None:
    transport = httpx.HTTPTransport(uds=running.ready.socket)
    lines: list[str] = []
    with (
        httpx.Client(transport=transport, base_url="http://local") as client,
        client.stream("GET", "/api/v1/stream", headers={"last-event-id": "0"}) as answer,
    ):
        for line in answer.iter_lines():
            lines.append(line)
            if line == "event: changed":
                break

    assert lines[0].startswith("retry: ")
    assert "id: 1" in lines


def test_the_broker_comes_back_when_it_dies(running: Server) -> None:
    def restarts() -> int:
        found = json.loads(_command(running, "status", "--once", "--json").stdout)
        return int(found["status"]["broker"]["restarts"])

    before = restarts()
    [pid] = _brokers(running.ready.pid)
    os.kill(pid, 9)
    wait_for(lambda: restarts() > before and bool(_brokers(running.ready.pid)))

    assert restarts() == before + 1
    assert _brokers(running.ready.pid) != [pid]


def test_killed_it_leaves_no_broker_and_starts_again_where_it_was(tmp_path: Path) -> None:
    with server(tmp_path / "data") as made:
        [broker] = _brokers(made.ready.pid)
        _added(made, "veh-001")
        first = made.ready
        made.kill()

        assert wait_until_gone(broker)
        made.start()
        assert made.ready.ca_fingerprint == first.ca_fingerprint
        assert made.ready.first_password_file is None
        assert "veh-001" in _command(made, "assets", "list").stdout


def test_a_broker_of_somebody_elses_serves_as_well(tmp_path: Path) -> None:
    data = tmp_path / "data"
    authority = Authority(data / "authority", ["localhost", "127.0.0.1"], datetime.now(UTC))
    outside = Broker(tmp_path / "broker", authority, "127.0.0.1", 0)
    outside.prepare()
    keeper = threading.Thread(target=outside.keep)
    keeper.start()
    text = f'[external_broker]\nhost = "localhost"\nport = {outside.port}\n'
    (data / "server.toml").write_text(text)
    try:
        outside.wait()
        with server(data) as made:
            context = _enrolled(_added(made, "veh-001"), tmp_path)

            assert _brokers(made.ready.pid) == []
            assert made.ready.broker_port == outside.port
            assert _connects(context, outside.port)
            assert "subscribed at the broker" in made.log.read_text()
    finally:
        outside.stop()
        keeper.join()


def test_asked_to_stop_it_ends_in_order_with_its_broker(tmp_path: Path) -> None:
    with server(tmp_path / "data") as made:
        [broker] = _brokers(made.ready.pid)

        assert made.stop() == 0
        assert wait_until_gone(broker, 1)
    assert "Traceback" not in made.log.read_text()
    assert not (made.data / "server.sock").exists()


def test_a_copy_of_the_data_folder_is_a_backup(tmp_path: Path) -> None:
    with server(tmp_path / "data") as made:
        invitation = _added(made, "veh-001")
        made.stop()
        shutil.copytree(made.data, tmp_path / "copy")
        made.start()
        _added(made, "veh-002")
        made.stop()
        shutil.rmtree(made.data)
        shutil.copytree(tmp_path / "copy", made.data)
        made.start()

        listed = _command(made, "assets", "list").stdout
        assert "veh-001" in listed
        assert "veh-002" not in listed
        assert _connects(_enrolled(invitation, tmp_path), made.ready.broker_port)


def test_a_folder_so_deep_that_a_sockets_name_is_too_long_works(tmp_path: Path) -> None:
    deep = tmp_path / ("x" * 60) / ("y" * 60)
    deep.mkdir(parents=True)
    with server(deep / "data") as made:
        done = _command(made, "status", "--once")

    assert done.returncode == 0


def _brokers(pid: int) -> list[int]:
    """The process ids of Mosquitto under a server."""
    children = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        children += (task / "children").read_text().split()
    return [
        int(child)
        for child in children
        if Path(f"/proc/{child}/comm").read_text().strip() == "mosquitto"
    ]
