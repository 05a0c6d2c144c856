"""Names that certificates carry."""

from typing import Final

SERVER_NAME: Final = "server"
"""The user name of the server's own MQTT client, hence no asset's id."""
