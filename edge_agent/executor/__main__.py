"""`python -m edge_agent.executor [SETTINGS]`: systemd starts it when the agent connects."""

import sys

from edge_agent.executor.program import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
