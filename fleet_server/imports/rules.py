"""How people head columns and fill cells, and what is understood by it."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from msgspec import Struct

from fleet_server.assets.model import Place
from fleet_server.imports.model import Column, Heading, Problem, Said
from fleet_server.sheets.table import SheetRow, restored
from telemetry.words import AssetKind

MOST_CHARACTERS: Final[Mapping[Column, int]] = {
    Column.NAME: 80,
    Column.COURT: 80,
    Column.PLATE: 20,
    Column.NOTE: 500,
}
HEADS: Final[Mapping[Column, tuple[str, str]]] = {
    Column.ID: ("asset id", "资产编号"),
    Column.KIND: ("kind", "类别"),
    Column.NAME: ("name", "名称"),
    Column.COURT: ("court", "法院"),
    Column.PLATE: ("plate", "车牌号"),
    Column.NOTE: ("note", "备注"),
    Column.TAGS: ("tags", "标签"),
    Column.LATITUDE: ("latitude", "纬度"),
    Column.LONGITUDE: ("longitude", "经度"),
    Column.DATUM: ("coordinate system", "坐标系"),
}
"""What an exported column is headed with, in English and Chinese."""

_ALIASES: Final[Mapping[Column, str]] = {
    Column.ID: "id asset assetid assetno assetnumber number 编号 资产号 资产编码 编码",
    Column.KIND: "type assetkind assettype 类型 种类 资产类别 资产类型",
    Column.NAME: "assetname 资产名称 名字 设备名称",
    Column.COURT: "courtname 所属法院 法院名称 使用法院 所属单位 单位",
    Column.PLATE: "platenumber licenseplate licenceplate 车牌 车牌号码 号牌 牌照",
    Column.NOTE: "notes remark remarks comment 说明 附注",
    Column.TAGS: "tag labels 标记",
    Column.LATITUDE: "lat latitudedegrees homelatitude 驻地纬度",
    Column.LONGITUDE: "lon lng long longitudedegrees homelongitude 驻地经度",
    Column.DATUM: "datum coordinates crs 坐标系统 坐标",
}
_HEADS: Final = {
    re.sub(r"[\s_\-/]", "", word.lower()): column
    for column in Column
    for word in (*HEADS[column], *_ALIASES[column].split())
}
_KINDS: Final[Mapping[str, AssetKind]] = {
    "vehicle": AssetKind.VEHICLE,
    "车辆": AssetKind.VEHICLE,
    "车": AssetKind.VEHICLE,
    "车载便民法庭": AssetKind.VEHICLE,
    "巡回审判车": AssetKind.VEHICLE,
    "mobilecourt": AssetKind.VEHICLE,
    "backpack": AssetKind.BACKPACK,
    "背包": AssetKind.BACKPACK,
    "执行背包": AssetKind.BACKPACK,
    "5g执行背包": AssetKind.BACKPACK,
    "clinic": AssetKind.CLINIC,
    "诊所": AssetKind.CLINIC,
    "法官诊所": AssetKind.CLINIC,
    "e+法官诊所": AssetKind.CLINIC,
    "station": AssetKind.STATION,
    "调解点": AssetKind.STATION,
    "调解站": AssetKind.STATION,
    "mediationstation": AssetKind.STATION,
}
_GCJ02: Final = frozenset({"gcj02", "gcj", "火星坐标", "火星坐标系", "高德", "高德坐标"})
# CGCS2000 and WGS-84 agree to centimetres.
_WGS84: Final = frozenset(
    {"wgs84", "wgs", "gps", "cgcs2000", "国家2000", "国家2000坐标系", "2000国家大地坐标系"}
)
_PARTS: Final = re.compile(
    r"(?P<sign>[-+])?(?P<degrees>\d{1,3}(?:\.\d+)?)°?"
    r"(?:(?P<minutes>\d{1,2}(?:\.\d+)?)')?(?:(?P<seconds>\d{1,2}(?:\.\d+)?)(?:\"|''))?\Z"
)
_DIGITS: Final = 7  # of a converted degree: a centimetre
_SIDES: Final = (("东经", ""), ("北纬", ""), ("西经", "-"), ("南纬", "-"))
_LETTERS: Final = {"E": "", "N": "", "W": "-", "S": "-"}


class Understanding(Struct, frozen=True):
    """What others know: which court a text means, and WGS-84 (longitude, latitude) of GCJ-02."""

    court: Callable[[str], str]
    from_gcj02: Callable[[float, float], tuple[float, float]]


def headings(cells: Sequence[str]) -> list[Heading]:
    """What each cell of a first line heads; of two that head the same only the first counts."""
    found: list[Heading] = []
    taken: set[Column] = set()
    for cell in cells:
        word = re.sub(r"[\s_\-/*]|[(（].*?[)）]", "", _plain(cell).lower())
        column = _HEADS.get(word)
        if column in taken:
            column = None
        if column is not None:
            taken.add(column)
        found.append(Heading(restored(cell), column))
    while found and not found[-1].heading:
        found.pop()
    return found


def said(row: SheetRow, heads: Sequence[Heading], others: Understanding) -> Said:
    """What one row says. Never raises."""
    texts = {
        head.field: restored(cell).replace("\r\n", "\n")
        for head, cell in zip(heads, row.cells, strict=False)
        if head.field is not None and cell
    }
    problems: list[Problem] = []
    for column, most in MOST_CHARACTERS.items():
        text = texts.get(column, "")
        if len(text) > most:
            problems.append(Problem("cell_too_long", {"field": str(column), "limit": most}))
        elif _has_controls(text, lines=column is Column.NOTE):
            problems.append(Problem("cell_with_controls", {"field": str(column)}))
    court = texts.get(Column.COURT)
    if court is not None and re.search("[,/]", court):
        problems.append(Problem("bad_court_name", {"court": court[:80]}))
    return Said(
        line=row.line,
        id=_plain(texts.get(Column.ID, "")).lower(),
        kind=_kind(texts.get(Column.KIND), problems),
        name=texts.get(Column.NAME),
        court=None if court is None else others.court(court),
        plate=texts.get(Column.PLATE),
        note=texts.get(Column.NOTE),
        home=_home(texts, others, problems),
        tags=_tags(texts.get(Column.TAGS)),
        problems=problems,
    )


def degrees(text: str) -> float | None:
    """An angle as people type it: `106.54`, `106,54`, `106.54°E`, `东经106°32′27″`; else None."""
    plain = _plain(text).replace("′", "'").replace("’", "'").replace("″", '"').replace("”", '"')
    plain = plain.replace(" ", "").replace("度", "°").replace("分", "'").replace("秒", '"').upper()
    sign = ""
    for word, side in _SIDES:
        if plain.startswith(word):
            plain, sign = plain.removeprefix(word), side
    for place in (0, -1):
        if plain and plain[place] in _LETTERS:
            sign = _LETTERS[plain[place]]
            plain = plain.strip("ENSW")
    if re.fullmatch(r"[-+]?\d+,\d+°?", plain):
        plain = plain.replace(",", ".")
    parts = _PARTS.match(plain)
    if parts is None:
        return None
    minutes, seconds = float(parts["minutes"] or 0), float(parts["seconds"] or 0)
    if minutes >= 60 or seconds >= 60:
        return None
    value = float(parts["degrees"]) + minutes / 60 + seconds / 3600
    return -value if "-" in (sign, parts["sign"]) else value


def _kind(text: str | None, problems: list[Problem]) -> AssetKind | None:
    if text is None:
        return None
    found = _KINDS.get(re.sub(r"[\s_\-]", "", _plain(text).lower()))
    if found is None:
        problems.append(Problem("kind_not_understood", {"kind": text[:40]}))
    return found


def _tags(text: str | None) -> tuple[str, ...] | None:
    """The words of a cell, each once and in order."""
    if text is None:
        return None
    return tuple(sorted(set(re.findall(r"[^\s,;、]+", _plain(text).lower()))))


def _home(
    texts: Mapping[Column, str], others: Understanding, problems: list[Problem]
) -> Place | None:
    """The home in WGS-84; half of one is a problem."""
    latitude_text = texts.get(Column.LATITUDE)
    longitude_text = texts.get(Column.LONGITUDE)
    if latitude_text is None and longitude_text is None:
        return None
    if latitude_text is None or longitude_text is None:
        problems.append(Problem("half_a_place"))
        return None
    latitude, longitude = degrees(latitude_text), degrees(longitude_text)
    if latitude is None or longitude is None:
        text = f"{latitude_text[:20]} {longitude_text[:20]}"
        problems.append(Problem("place_not_understood", {"text": text}))
        return None
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        problems.append(Problem("place_not_on_earth"))
        return None
    text = texts.get(Column.DATUM, "wgs84")
    datum = re.sub(r"[\s_\-]", "", _plain(text).lower())
    if datum in _GCJ02:
        longitude, latitude = others.from_gcj02(longitude, latitude)
        return Place(round(latitude, _DIGITS), round(longitude, _DIGITS))
    if datum not in _WGS84:
        problems.append(Problem("datum_not_understood", {"text": text[:40]}))
        return None
    return Place(latitude, longitude)


def _plain(text: str) -> str:
    """Full-width forms as the usual ones, no space around."""
    return unicodedata.normalize("NFKC", restored(text)).strip()


def _has_controls(text: str, *, lines: bool) -> bool:
    allowed = "\n\t" if lines else ""
    return any(unicodedata.category(sign) == "Cc" and sign not in allowed for sign in text)
