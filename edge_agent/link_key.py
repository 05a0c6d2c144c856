"""The key of the link test: `python -m edge_agent.link_key FOLDER`, a short life.

Writes it, in hexadecimal, on standard output: the running agent does not import the library that
makes it from this machine's key and the authority's certificate.
"""

import sys
from pathlib import Path

from edge_agent import identity, keys
from edge_agent.errors import EdgeError


def main(argv: list[str]) -> int:
    """The process: 0 and the key, or 1 and one sentence on standard error."""
    folder = Path(argv[0])
    try:
        key = (folder / identity.KEY).read_bytes()
        ca = (folder / identity.CA).read_bytes()
        print(keys.link_key(key, ca).hex())
    except OSError as error:
        print(f"{error.filename} cannot be read: {error.strerror}", file=sys.stderr)
        return 1
    except EdgeError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
