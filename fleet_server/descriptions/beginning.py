"""What a new server begins with: the bundled catalogue, and a profile for each kind of asset."""

from datetime import datetime

import msgspec

from fleet_server.access.model import SYSTEM
from fleet_server.database import Database
from fleet_server.descriptions.reading import default_catalogue, default_profile
from fleet_server.documents import scopes, store
from telemetry.words import AssetKind, Document


def begin(database: Database, now: datetime) -> None:
    """Make the documents that nobody has made yet; what somebody has made stays as it is."""
    with database.reading() as session:
        made = store.desired(session).documents
    with database.unit(SYSTEM, now) as unit:
        if Document.CATALOGUE not in made.get(scopes.FLEET, {}):
            body = msgspec.json.encode(default_catalogue()).decode()
            store.put(unit, Document.CATALOGUE, scopes.FLEET, body)
        for kind in AssetKind:
            scope = scopes.of_kind(kind)
            if Document.PROFILE not in made.get(scope, {}):
                body = msgspec.json.encode(default_profile(kind)).decode()
                store.put(unit, Document.PROFILE, scope, body)
