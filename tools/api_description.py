"""The server's API in OpenAPI's words, on standard output: what the console's client is made of."""

import json
import sys
from typing import cast

from fleet_server import http
from fleet_server.openapi import described
from fleet_server.parts import Parts


def main() -> None:
    # A description needs the routes only, and no route looks at the parts before it is asked.
    app = http.build(cast("Parts", None))
    json.dump(described(app), sys.stdout, ensure_ascii=False, sort_keys=True)


if __name__ == "__main__":
    main()
