"""What tags are like, and what adding and removing some comes to."""

import re
from collections.abc import Iterable
from typing import Final

from fleet_server.errors import Malformed

MOST_TAGS: Final = 16

_TAG: Final = re.compile(r"[a-z0-9-]{1,32}\Z")


def tagged(present: Iterable[str], added: Iterable[str], removed: Iterable[str]) -> tuple[str, ...]:
    """The tags afterwards, each once and in order; what is both removed and added is there.

    Raises:
        Malformed: an added one is no tag, or they would be more than `MOST_TAGS`.
    """
    wanted = set(added)
    for tag in sorted(wanted):
        if not _TAG.match(tag):
            raise Malformed("bad_tag", tag=tag[:40])
    found = (set(present) - set(removed)) | wanted
    if len(found) > MOST_TAGS:
        raise Malformed("too_many_tags", limit=MOST_TAGS)
    return tuple(sorted(found))
