"""Plugs pretended USB devices for `tests.services.usb`; Debian's own Python runs it.

A line "add PORT VENDOR PRODUCT SERIAL" or "remove PORT" on its input, a line on its output once it
is done; the first line of output is the folder of the pretended machine.
"""

import sys

import gi  # type: ignore[import-not-found]

gi.require_version("UMockdev", "1.0")
from gi.repository import UMockdev  # type: ignore[import-not-found]  # noqa: E402


def main() -> None:
    testbed = UMockdev.Testbed.new()
    print(testbed.get_root_dir(), flush=True)
    for line in sys.stdin:
        verb, port, *more = line.rstrip("\n").split(" ")
        if verb == "add":
            vendor, product, serial = more
            attributes = ["idVendor", vendor, "idProduct", product]
            attributes += ["serial", serial] if serial else []
            path = testbed.add_device(
                "usb", port, None, attributes, ["DEVTYPE", "usb_device", "ID_SERIAL_SHORT", serial]
            )
            testbed.uevent(path, "add")  # the kernel tells of a device more than once, too
        else:
            path = f"/sys/devices/{port}"
            testbed.uevent(path, "remove")
            testbed.remove_device(path)
        print("done", flush=True)


if __name__ == "__main__":
    main()
