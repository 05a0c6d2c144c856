"""`ansible-playbook` as plays run it: with a calm collector.

Python's collector looks again and again through all that Ansible imports and packs, which is a
tenth of what a play costs, and finds next to nothing: what is made there ends with the process.
"""

import gc

_YOUNG = 100_000
_OLDER = (20, 20)


def main() -> int:
    """The process; its exit status."""
    gc.disable()
    from ansible.cli.playbook import main as play

    gc.freeze()  # the forks that run tasks share it for longer
    gc.set_threshold(_YOUNG, *_OLDER)  # for plays that are long
    gc.enable()
    status: int = play()
    return status
