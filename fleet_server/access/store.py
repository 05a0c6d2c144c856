"""Accounts, sessions and tokens."""

import os
import threading
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from msgspec import Struct
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from fleet_server.access.model import SYSTEM, Account, Caller, Credential, Role
from fleet_server.access.rules import (
    WITHIN,
    fingerprint,
    hashed,
    hashed_pin,
    matches,
    new_secret,
    wait_seconds,
)
from fleet_server.database import Database, Unit
from fleet_server.errors import NotAllowed, NotFound, NotSignedIn, TooOften
from fleet_server.journal.model import What

FIRST_ACCOUNT: Final = "admin"
DEMO_ACCOUNT: Final = "demo"
"""Whoever enters a demo server without a password; on any other server it opens nothing."""

_NO_PASSWORD: Final = "none"  # noqa: S105  # no hash, so nothing matches it
SESSION: Final = timedelta(hours=12)
_MOST_NAMES: Final = 10_000
# What a password is compared with when the name is unknown, so that both take as long.
_NOBODY: Final = (
    "$argon2id$v=19$m=65536,t=3,p=1$c29tZXNhbHRzb21lc2FsdA"
    "$Y29tcGFyZWQgd2l0aCBub3RoaW5nIGF0IGFsbCwgZXY"
)


class TokenView(Struct, frozen=True):
    """A token without its secret."""

    id: int
    label: str
    account: str
    role: Role
    made_at: datetime
    expires_at: datetime


class Access:
    """Signs people in and recognises them. Safe to share between threads.

    Wrong passwords are counted in memory: by name, so that a forgotten count costs an attacker
    who cannot restart the server nothing less.
    """

    def __init__(self, database: Database, *, demo: bool = False) -> None:
        self._database = database
        self._demo = demo
        self._failures: dict[str, list[datetime]] = {}
        self._lock = threading.Lock()

    def hashed_pin(self, pin: str) -> str:
        """A PIN as assets get it: argon2id, tens of ms."""
        return hashed_pin(pin)

    def make_first_account(self, password_file: Path, now: datetime) -> bool:
        """Make the account `admin` with a random password, unless it exists; whether it was made.

        The password stands in `password_file` only, readable by the server's user only.
        """
        with self._database.unit(SYSTEM, now) as unit:
            if unit.session.get(Account, FIRST_ACCOUNT) is not None:
                return False
            password = new_secret()
            account = Account(
                name=FIRST_ACCOUNT,
                role=str(Role.ADMIN),
                password_hash=hashed(password),
                made_at=now,
            )
            unit.session.add(account)
            unit.journal(
                What.ACCOUNT_MADE, f"account:{FIRST_ACCOUNT}", None, {"role": account.role}
            )
            password_file.unlink(missing_ok=True)
            handle = os.open(password_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w") as file:
                file.write(password + "\n")
        return True

    def sign_in(self, name: str, password: str, now: datetime) -> tuple[str, Caller]:
        """The secret of a new session, and who it is.

        Raises:
            TooOften: too many wrong passwords for this name lately.
            NotSignedIn: name or password is wrong.
        """
        self._check_tries(name, now)
        with self._database.reading() as session:
            account = session.get(Account, name)
        right = matches(password, account.password_hash if account is not None else _NOBODY)
        if account is None or not right:
            self._note_failure(name, now)
            raise NotSignedIn("wrong_password")
        with self._lock:
            self._failures.pop(name, None)
        caller = account.caller()
        with self._database.unit(caller, now) as unit:
            secret = _keep(unit, "session", caller, "", caller.role, now + SESSION)
            unit.journal(What.SIGNED_IN, f"account:{name}", None, None)
        return secret, caller

    def enter_demo(self, now: datetime) -> tuple[str, Caller]:
        """The secret of a new session of an operator, without a password; only on a demo server.

        Raises:
            NotAllowed: this is no demo server.
        """
        if not self._demo:
            raise NotAllowed("no_demo_entry")
        caller = Caller(DEMO_ACCOUNT, Role.OPERATOR)
        with self._database.unit(caller, now) as unit:
            if unit.session.get(Account, DEMO_ACCOUNT) is None:
                role = str(Role.OPERATOR)
                account = Account(
                    name=DEMO_ACCOUNT, role=role, password_hash=_NO_PASSWORD, made_at=now
                )
                unit.session.add(account)
                unit.session.flush()
                unit.journal(What.ACCOUNT_MADE, f"account:{DEMO_ACCOUNT}", None, {"role": role})
            secret = _keep(unit, "session", caller, "", caller.role, now + SESSION)
            unit.journal(What.DEMO_ENTERED, f"account:{DEMO_ACCOUNT}", None, None)
        return secret, caller

    def open_screen(self, token: str, now: datetime) -> tuple[Caller, datetime]:
        """Whose token it is and until when, for a screen on a wall that shows it as its cookie.

        Raises:
            NotSignedIn: nobody's, or expired.
            NotAllowed: it may do more than look.
        """
        caller = self.recognise(token, now)
        query = select(Credential).where(Credential.secret_hash == fingerprint(token))
        with self._database.unit(caller, now) as unit:
            row = unit.session.scalar(query)
            if row is None or row.kind != "token":
                raise NotSignedIn("not_signed_in")
            if caller.role is not Role.VIEWER:
                raise NotAllowed("token_may_change", role=caller.role)
            until, said = row.expires_at, {"label": row.label}
            unit.journal(What.SCREEN_OPENED, f"account:{caller.id}", None, said)
        return caller, until

    def sign_out(self, secret: str, caller: Caller, now: datetime) -> None:
        """End the session of `secret`; none is fine, and a token stays for its other users."""
        with self._database.unit(caller, now) as unit:
            gone = delete(Credential).where(
                Credential.secret_hash == fingerprint(secret), Credential.kind == "session"
            )
            unit.session.execute(gone)
            unit.journal(What.SIGNED_OUT, f"account:{caller.id}", None, None)

    def recognise(self, secret: str, now: datetime) -> Caller:
        """Whose session or token `secret` is.

        Raises:
            NotSignedIn: nobody's, or expired.
        """
        query = select(Credential).where(Credential.secret_hash == fingerprint(secret))
        with self._database.reading() as session:
            row = session.scalar(query)
            account = session.get(Account, row.account) if row is not None else None
        if row is None or account is None or now >= row.expires_at:
            raise NotSignedIn("not_signed_in")
        if account.name == DEMO_ACCOUNT and not self._demo:
            raise NotSignedIn("not_signed_in")
        caller = account.caller()
        role = Role(row.role)
        return Caller(caller.id, role if caller.role.covers(role) else caller.role, caller.courts)

    def forget_expired(self, now: datetime) -> None:
        """Delete sessions and tokens that are over."""
        with self._database.unit(SYSTEM, now) as unit:
            _forget_expired(unit)

    def _check_tries(self, name: str, now: datetime) -> None:
        with self._lock:
            wait = wait_seconds(self._failures.get(name, []), now)
        if wait:
            raise TooOften("too_many_sign_ins", seconds=wait)

    def _note_failure(self, name: str, now: datetime) -> None:
        with self._lock:
            if name not in self._failures and len(self._failures) >= _MOST_NAMES:
                self._failures.pop(next(iter(self._failures)))
            kept = [at for at in self._failures.get(name, []) if now - at < WITHIN]
            self._failures[name] = [*kept, now]


def make_token(unit: Unit, label: str, role: Role, days: int) -> str:
    """A token for the caller's account; its secret is never seen again.

    Raises:
        NotAllowed: the token would be allowed more than its owner.
    """
    caller = unit.caller
    if not caller.role.covers(role):
        raise NotAllowed("not_allowed", role=caller.role, needed=role)
    owner = caller if unit.session.get(Account, caller.id) else Caller(FIRST_ACCOUNT, role)
    secret = _keep(unit, "token", owner, label, role, unit.now + timedelta(days=days))
    said = {"label": label, "role": role, "days": days}
    unit.journal(What.TOKEN_MADE, f"account:{owner.id}", None, said)
    return secret


def tokens(session: Session, caller: Caller) -> list[TokenView]:
    """The caller's tokens; an admin's sight covers everybody's."""
    query = select(Credential).where(Credential.kind == "token").order_by(Credential.id)
    if caller.role is not Role.ADMIN:
        query = query.where(Credential.account == caller.id)
    return [
        TokenView(row.id, row.label, row.account, Role(row.role), row.made_at, row.expires_at)
        for row in session.scalars(query)
    ]


def withdraw_token(unit: Unit, token: int) -> None:
    """Make a token worthless at once.

    Raises:
        NotFound: there is none of that number for the caller.
    """
    row = unit.session.get(Credential, token)
    mine = row is not None and (unit.caller.role is Role.ADMIN or row.account == unit.caller.id)
    if row is None or row.kind != "token" or not mine:
        raise NotFound("token_unknown", token=token)
    unit.session.delete(row)
    unit.journal(What.TOKEN_WITHDRAWN, f"account:{row.account}", {"label": row.label}, None)


def _keep(
    unit: Unit, kind: str, owner: Caller, label: str, role: Role, expires_at: datetime
) -> str:
    secret = new_secret()
    unit.session.add(
        Credential(
            secret_hash=fingerprint(secret),
            kind=kind,
            account=owner.id,
            label=label,
            role=str(role),
            made_at=unit.now,
            expires_at=expires_at,
        )
    )
    return secret


def _forget_expired(unit: Unit) -> None:
    unit.session.execute(delete(Credential).where(Credential.expires_at <= unit.now))
