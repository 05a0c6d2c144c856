"""`python -m bench`: measure, show a table, write `bench/latest.json`; 1 when a limit is broken."""

import argparse
import sys
from pathlib import Path

from bench import codec, console, crew, intake, orders, stream
from bench.rows import save, table

BENCHES = {
    "codec": codec.run,
    "intake": intake.run,
    "stream": stream.run,
    "console": console.run,
    "crew": crew.run,
    "orders": orders.run,
}
"""Each takes about so many seconds as it is given."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--only", choices=sorted(BENCHES), help="run one of them")
    parser.add_argument("--seconds", type=float, default=60.0, help="how long each runs, about")
    given = parser.parse_args()
    names = [given.only] if given.only else list(BENCHES)
    rows = [row for name in names for row in BENCHES[name](given.seconds)]
    print(table(rows))
    save(rows, Path(__file__).with_name("latest.json"))
    return 0 if all(row.holds for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
