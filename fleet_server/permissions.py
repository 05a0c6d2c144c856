"""Who may use which route: one table, by operation id. A route without an entry is refused."""

from typing import Final

from fleet_server.access.model import Role

PUBLIC: Final = frozenset({"read_health", "sign_in"})
"""Open to everybody who reaches the port."""

NEEDED: Final[dict[str, Role]] = {
    "read_metrics": Role.VIEWER,
    "read_openapi": Role.VIEWER,
    "read_status": Role.VIEWER,
    "follow_stream": Role.VIEWER,
    "show_session": Role.VIEWER,
    "sign_out": Role.VIEWER,
    "list_tokens": Role.VIEWER,
    "make_token": Role.VIEWER,
    "withdraw_token": Role.VIEWER,
    "list_assets": Role.VIEWER,
    "show_asset": Role.VIEWER,
    "add_assets": Role.OPERATOR,
    "invite_asset": Role.OPERATOR,
    "certify_simulated_assets": Role.ADMIN,
    "list_balances": Role.VIEWER,
    "show_balance": Role.VIEWER,
    "list_metrics": Role.VIEWER,
    "show_latest": Role.VIEWER,
    "read_history": Role.VIEWER,
    "export_reports": Role.VIEWER,
    "list_set_aside": Role.VIEWER,
    "list_journal": Role.VIEWER,
    "show_settings": Role.VIEWER,
    "put_settings": Role.OPERATOR,
    "show_fleet_settings": Role.VIEWER,
    "put_fleet_settings": Role.ADMIN,
}
