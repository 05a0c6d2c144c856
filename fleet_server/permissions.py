"""Who may use which route: one table, by operation id. A route without an entry is refused."""

from typing import Final

from fleet_server.access.model import Role

PUBLIC: Final = frozenset(
    {"read_health", "sign_in", "enter_demo", "sign_in_with_token", "show_console"}
)
"""Open to everybody who reaches the port."""

STATION: Final = frozenset(
    {"show_self_check", "do_self_check", "send_self_check_bytes", "take_self_check_bytes"}
)
"""Open to whoever holds the key of a station, which opens nothing else; to nobody without one."""

NEEDED: Final[dict[str, Role]] = {
    "read_metrics": Role.VIEWER,
    "read_openapi": Role.VIEWER,
    "read_status": Role.VIEWER,
    "follow_stream": Role.VIEWER,
    "list_glances": Role.VIEWER,
    "list_trails": Role.VIEWER,
    "show_track": Role.VIEWER,
    "show_coverage": Role.VIEWER,
    "read_pmtiles": Role.VIEWER,
    "show_basemap": Role.VIEWER,
    "import_basemap": Role.OPERATOR,
    "remove_basemap": Role.OPERATOR,
    "show_tile": Role.VIEWER,
    "show_session": Role.VIEWER,
    "sign_out": Role.VIEWER,
    "list_tokens": Role.VIEWER,
    # Not a viewer: a screen on a wall could outlive its own token by making another.
    "make_token": Role.OPERATOR,
    "withdraw_token": Role.VIEWER,
    "list_assets": Role.VIEWER,
    "show_asset": Role.VIEWER,
    "add_assets": Role.OPERATOR,
    "invite_asset": Role.OPERATOR,
    "change_asset": Role.OPERATOR,
    "show_enrolment": Role.VIEWER,
    "move_asset": Role.OPERATOR,
    "replace_asset": Role.OPERATOR,
    "retire_asset": Role.OPERATOR,
    "reinstate_asset": Role.OPERATOR,
    "preview_import": Role.OPERATOR,
    "apply_import": Role.OPERATOR,
    "export_assets": Role.VIEWER,
    "import_template": Role.VIEWER,
    "list_courts": Role.VIEWER,
    "put_court": Role.OPERATOR,
    "remove_court": Role.OPERATOR,
    "list_ledger_days": Role.VIEWER,
    "export_ledger": Role.VIEWER,
    "list_events": Role.VIEWER,
    "list_devices": Role.VIEWER,
    "show_inventory": Role.VIEWER,
    "list_device_history": Role.VIEWER,
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
    "list_services": Role.VIEWER,
    "show_readiness": Role.VIEWER,
    "show_readiness_board": Role.VIEWER,
    "show_readiness_history": Role.VIEWER,
    "preview_readiness": Role.VIEWER,
    "show_upkeep": Role.VIEWER,
    "put_upkeep": Role.OPERATOR,
    "show_station_key": Role.VIEWER,
    "make_station_key": Role.OPERATOR,
    "withdraw_station_key": Role.OPERATOR,
    "list_backpack_book": Role.VIEWER,
    "export_backpack_book": Role.VIEWER,
    "check_out_backpack": Role.OPERATOR,
    "check_in_backpack": Role.OPERATOR,
    "show_fleet_document": Role.VIEWER,
    "put_fleet_document": Role.ADMIN,
    "show_court_document": Role.VIEWER,
    "put_court_document": Role.OPERATOR,
    "show_asset_document": Role.VIEWER,
    "put_asset_document": Role.OPERATOR,
    "list_fleet_versions": Role.VIEWER,
    "list_court_versions": Role.VIEWER,
    "list_asset_versions": Role.VIEWER,
    "check_document": Role.VIEWER,
}
