"""`python -m edge_agent [SETTINGS]`: what `courtfleet agent run` becomes.

paho imports `urllib.request` for web sockets through proxies, and with it http.client and email:
1.8 MB that no agent ever uses. They are left out of this process before anything else is imported.
"""

import sys
from types import ModuleType


def main(argv: list[str]) -> int:
    """Runs the agent in a process that carries only what it needs."""
    sys.modules.setdefault("urllib.request", ModuleType("urllib.request"))
    from edge_agent.program import main

    return main(argv)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
