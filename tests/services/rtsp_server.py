"""Cameras of the tests: GStreamer's RTSP server, run by Debian's own Python, which has its library.

Run as a program it prints its port and serves until it is killed.
"""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

_PATTERNS: Final = {
    "good": "pattern=smpte horizontal-speed=4",
    "black": "pattern=black",
    "frozen": "pattern=smpte75",
}
_NEVER: Final = (
    "never"  # describes itself after long, that is never: no frame gets to the payloader
)


@contextmanager
def rtsp_server() -> Iterator[str]:
    """Starts one; the beginning of its addresses, `rtsp://127.0.0.1:PORT`."""
    server = subprocess.Popen(
        ["/usr/bin/python3", str(Path(__file__).resolve())],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    with server:
        try:
            assert server.stdout
            port = server.stdout.readline().strip()
            assert port, "Debian's packages python3-gi and gir1.2-gst-rtsp-server-1.0 are missing"
            yield f"rtsp://127.0.0.1:{port}"
        finally:
            server.kill()


def _serve() -> None:
    import gi  # type: ignore[import-not-found, unused-ignore] # only Debian's own Python has it

    gi.require_version("Gst", "1.0")
    gi.require_version("GstRtspServer", "1.0")
    from gi.repository import (  # type: ignore[import-not-found, unused-ignore] # the same
        GLib,
        Gst,
        GstRtspServer,
    )

    Gst.init(None)
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service("0")
    sources = {name: f"videotestsrc is-live=true {what}" for name, what in _PATTERNS.items()}
    sources[_NEVER] = "videotestsrc is-live=true ! valve drop=true"
    for name, source in sources.items():
        factory = GstRtspServer.RTSPMediaFactory()
        form = "video/x-raw,format=I420,width=320,height=240,framerate=5/1"
        factory.set_launch(f"( {source} ! {form} ! jpegenc ! rtpjpegpay name=pay0 pt=26 )")
        factory.set_shared(True)
        server.get_mount_points().add_factory(f"/{name}", factory)
    server.attach(None)
    print(server.get_bound_port(), flush=True)
    GLib.MainLoop().run()


if __name__ == "__main__":
    _serve()
