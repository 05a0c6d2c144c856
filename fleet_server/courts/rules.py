"""Which court is meant by what people write."""

import re
import unicodedata
from collections.abc import Collection
from typing import Final

CITY: Final = "重庆市"
_COURT: Final = "人民法院"

# The 38 districts and counties of Chongqing, as their names are written in Latin letters.
DISTRICTS: Final = {
    "wanzhou": "万州区",
    "fuling": "涪陵区",
    "yuzhong": "渝中区",
    "dadukou": "大渡口区",
    "jiangbei": "江北区",
    "shapingba": "沙坪坝区",
    "jiulongpo": "九龙坡区",
    "nanan": "南岸区",
    "beibei": "北碚区",
    "qijiang": "綦江区",
    "dazu": "大足区",
    "yubei": "渝北区",
    "banan": "巴南区",
    "qianjiang": "黔江区",
    "changshou": "长寿区",
    "jiangjin": "江津区",
    "hechuan": "合川区",
    "yongchuan": "永川区",
    "nanchuan": "南川区",
    "bishan": "璧山区",
    "tongliang": "铜梁区",
    "tongnan": "潼南区",
    "rongchang": "荣昌区",
    "kaizhou": "开州区",
    "liangping": "梁平区",
    "wulong": "武隆区",
    "chengkou": "城口县",
    "fengdu": "丰都县",
    "dianjiang": "垫江县",
    "zhongxian": "忠县",
    "zhong": "忠县",
    "yunyang": "云阳县",
    "fengjie": "奉节县",
    "wushan": "巫山县",
    "wuxi": "巫溪县",
    "shizhu": "石柱土家族自治县",
    "xiushan": "秀山土家族苗族自治县",
    "youyang": "酉阳土家族苗族自治县",
    "pengshui": "彭水苗族土家族自治县",
}
_ENGLISH: Final = re.compile(
    r"(?:chongqing(?: municipality)?[, ]+)?(?P<district>[a-z]+)"
    r"(?: (?:tujia|miao|and|autonomous))*(?: (?:district|county))?"
    r"(?: primary| basic)?(?: people'?s)? court(?:,? (?:of )?chongqing)?\Z"
)


def meant(text: str, known: Collection[str]) -> str:
    """The name of the court that `text` means: one of `known` when it can be told, else itself.

    Understood are spaces and full-width forms, the city left out, 法院 for 人民法院, and English.
    """
    name = " ".join(unicodedata.normalize("NFKC", text).split())
    if name in known:
        return name
    english = _ENGLISH.match(name.lower().replace("’", "'").replace("nan'an", "nanan"))
    if english is not None and english["district"] in DISTRICTS:
        return f"{CITY}{DISTRICTS[english['district']]}{_COURT}"
    wanted = _short(name)
    found = [one for one in known if _short(one) == wanted]
    return found[0] if len(found) == 1 else name


def _short(name: str) -> str:
    """Without what people leave out."""
    return name.replace(" ", "").removeprefix(CITY).replace(_COURT, "法院")
