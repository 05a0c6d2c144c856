"""Accounts, sessions and tokens."""

import stat
from pathlib import Path

import pytest
from sqlalchemy import text

from edge_agent.crew.pin import Question, is_right
from fleet_server.access import store
from fleet_server.access.model import SYSTEM, Account, Caller, Role
from fleet_server.database import Database
from fleet_server.errors import NotAllowed, NotFound, NotSignedIn, TooOften
from tests.fleet_server.conftest import Clock
from tests.fleet_server.prepared import kept_password


@pytest.fixture
def access(database: Database) -> store.Access:
    return store.Access(database)


def _account(database: Database, clock: Clock, name: str, role: Role, courts: str = "") -> None:
    with database.unit(SYSTEM, clock.now) as unit:
        unit.session.add(
            Account(
                name=name,
                role=str(role),
                courts=courts,
                password_hash=kept_password("right"),
                made_at=clock.now,
            )
        )


def test_a_pin_set_at_the_server_is_right_at_an_asset_and_another_is_wrong(
    access: store.Access,
) -> None:
    kept = access.hashed_pin("246802")

    assert is_right(Question(kept, "246802"))
    assert not is_right(Question(kept, "246803"))


def test_the_first_password_is_in_a_file_that_only_the_server_reads(
    access: store.Access, tmp_path: Path, clock: Clock
) -> None:
    path = tmp_path / "initial-password"

    assert access.make_first_account(path, clock.now)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    _, caller = access.sign_in("admin", path.read_text().strip(), clock.now)
    assert caller == Caller("admin", Role.ADMIN)


def test_the_first_account_is_made_once(access: store.Access, tmp_path: Path, clock: Clock) -> None:
    path = tmp_path / "initial-password"
    access.make_first_account(path, clock.now)
    before = path.read_text()

    assert not access.make_first_account(path, clock.now)
    assert path.read_text() == before


def test_no_secret_is_in_the_database(
    access: store.Access, database: Database, tmp_path: Path, clock: Clock
) -> None:
    path = tmp_path / "initial-password"
    access.make_first_account(path, clock.now)
    session_secret, caller = access.sign_in("admin", path.read_text().strip(), clock.now)
    with database.unit(caller, clock.now) as unit:
        token = store.make_token(unit, "grafana", Role.VIEWER, 30)
    database.close()

    kept = b"".join(file.read_bytes() for file in tmp_path.glob("state.sqlite*"))

    for secret in (path.read_text().strip(), session_secret, token):
        assert secret.encode() not in kept


@pytest.mark.parametrize(("name", "password"), [("somebody", "wrong"), ("nobody", "right")])
def test_a_wrong_name_or_password_is_refused_alike(
    access: store.Access, database: Database, clock: Clock, name: str, password: str
) -> None:
    _account(database, clock, "somebody", Role.VIEWER)

    with pytest.raises(NotSignedIn) as refusal:
        access.sign_in(name, password, clock.now)

    assert refusal.value.code == "wrong_password"


def test_after_five_wrong_passwords_even_the_right_one_waits(
    access: store.Access, database: Database, clock: Clock
) -> None:
    _account(database, clock, "somebody", Role.VIEWER)
    _account(database, clock, "another", Role.VIEWER)
    for _ in range(5):
        with pytest.raises(NotSignedIn):
            access.sign_in("somebody", "wrong", clock.now)

    with pytest.raises(TooOften):
        access.sign_in("somebody", "right", clock.now)
    access.sign_in("another", "right", clock.now)
    clock.move(minutes=15)
    access.sign_in("somebody", "right", clock.now)


def test_a_session_ends_after_twelve_hours(
    access: store.Access, database: Database, clock: Clock
) -> None:
    _account(database, clock, "somebody", Role.OPERATOR, courts="a,b")
    secret, caller = access.sign_in("somebody", "right", clock.now)

    assert access.recognise(secret, clock.now) == caller
    assert caller.courts == frozenset({"a", "b"})
    clock.move(hours=12)
    with pytest.raises(NotSignedIn):
        access.recognise(secret, clock.now)


def test_what_is_over_is_deleted(access: store.Access, database: Database, clock: Clock) -> None:
    _account(database, clock, "somebody", Role.OPERATOR)
    access.sign_in("somebody", "right", clock.now)
    clock.move(hours=13)

    access.forget_expired(clock.now)

    with database.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM credentials")) == 0


def test_a_session_that_was_signed_out_is_worthless(
    access: store.Access, database: Database, clock: Clock
) -> None:
    _account(database, clock, "somebody", Role.VIEWER)
    secret, caller = access.sign_in("somebody", "right", clock.now)

    access.sign_out(secret, caller, clock.now)

    with pytest.raises(NotSignedIn):
        access.recognise(secret, clock.now)


def test_a_token_has_its_own_role_and_end(
    access: store.Access, database: Database, clock: Clock
) -> None:
    _account(database, clock, "boss", Role.ADMIN)
    with database.unit(Caller("boss", Role.ADMIN), clock.now) as unit:
        token = store.make_token(unit, "grafana", Role.VIEWER, 1)

    assert access.recognise(token, clock.now) == Caller("boss", Role.VIEWER)
    clock.move(days=1)
    with pytest.raises(NotSignedIn):
        access.recognise(token, clock.now)


def test_a_token_is_never_allowed_more_than_its_owner(
    access: store.Access, database: Database, clock: Clock
) -> None:
    _account(database, clock, "somebody", Role.VIEWER)

    with (
        pytest.raises(NotAllowed),
        database.unit(Caller("somebody", Role.VIEWER), clock.now) as unit,
    ):
        store.make_token(unit, "x", Role.ADMIN, 1)


def test_an_account_that_lost_its_role_takes_its_tokens_with_it(
    access: store.Access, database: Database, clock: Clock
) -> None:
    _account(database, clock, "boss", Role.ADMIN)
    with database.unit(Caller("boss", Role.ADMIN), clock.now) as unit:
        token = store.make_token(unit, "x", Role.ADMIN, 1)
    with database.unit(SYSTEM, clock.now) as unit:
        unit.session.get_one(Account, "boss").role = str(Role.VIEWER)

    assert access.recognise(token, clock.now).role is Role.VIEWER


def test_a_withdrawn_token_is_worthless_at_once(
    access: store.Access, database: Database, clock: Clock
) -> None:
    _account(database, clock, "boss", Role.ADMIN)
    caller = Caller("boss", Role.ADMIN)
    with database.unit(caller, clock.now) as unit:
        token = store.make_token(unit, "x", Role.ADMIN, 1)
        unit.session.flush()
        [view] = store.tokens(unit.session, caller)

    with database.unit(caller, clock.now) as unit:
        store.withdraw_token(unit, view.id)

    with pytest.raises(NotSignedIn):
        access.recognise(token, clock.now)


def test_somebody_elses_token_is_neither_seen_nor_withdrawn(
    database: Database, clock: Clock
) -> None:
    _account(database, clock, "boss", Role.ADMIN)
    _account(database, clock, "somebody", Role.OPERATOR)
    with database.unit(Caller("boss", Role.ADMIN), clock.now) as unit:
        store.make_token(unit, "x", Role.ADMIN, 1)
    other = Caller("somebody", Role.OPERATOR)

    with database.reading() as session:
        assert store.tokens(session, other) == []
    with pytest.raises(NotFound), database.unit(other, clock.now) as unit:
        store.withdraw_token(unit, 1)
