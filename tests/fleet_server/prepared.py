"""What every test would make alike and what is dear to make: made once a process."""

import sqlite3
from functools import cache

from argon2 import PasswordHasher
from fastapi import FastAPI
from sqlalchemy import Connection

from fleet_server import http, schema
from fleet_server.database import Database
from fleet_server.parts import Parts


def state_database(url: str = "sqlite://") -> Database:
    """A state database with the present tables and nothing in them, in memory if no URL says else.

    For SQLite they are a copy, which costs a tenth.
    """
    made = Database(url)
    if made.engine.dialect.name == "sqlite":
        with made.engine.connect() as target:
            _sqlite(_empty_tables()).backup(_sqlite(target))
    else:
        schema.metadata().create_all(made.engine)
    return made


@cache
def _empty_tables() -> Connection:
    engine = Database("sqlite://").engine
    schema.metadata().create_all(engine)
    return engine.connect()


def _sqlite(connection: Connection) -> sqlite3.Connection:
    beneath = connection.connection.driver_connection
    assert isinstance(beneath, sqlite3.Connection)
    return beneath


def application(parts: Parts) -> FastAPI:
    """The API over `parts`, for one test at a time: its routes are those of the test before.

    FastAPI works out what each route takes and gives when it is first asked for, which costs more
    than most tests. What a test adds to the API belongs into an `http.build` of its own.
    """
    made = _routes()
    made.state.parts = parts
    return made


@cache
def _routes() -> FastAPI:
    return http.routes()


@cache
def kept_password(password: str) -> str:
    """As `rules.hashed`, but of the least strength: what it costs to check stands in the hash."""
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(password)
