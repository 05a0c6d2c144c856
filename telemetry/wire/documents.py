"""Contents of the desired documents."""

from typing import Annotated

from msgspec import Meta, Struct

Seconds = Annotated[float, Meta(ge=1, le=86_400)]


class Settings(Struct, frozen=True, forbid_unknown_fields=True):
    """The document `settings`: how an asset reports. The defaults are those of a new asset.

    `report_*`: one report every so many seconds, moving and standing; `message_seconds`: reports
    are sent together at least so often; `track_fixes`: every distinct fix becomes a report of its
    own; `keep_hours`: how long acked reports stay in the outbox.
    """

    report_moving_seconds: Seconds = 10.0
    report_standing_seconds: Seconds = 10.0
    message_seconds: Seconds = 30.0
    track_fixes: bool = False
    outbox_megabytes: Annotated[int, Meta(ge=4, le=65_536)] = 512
    keep_hours: Annotated[float, Meta(ge=0, le=24 * 30)] = 24.0
