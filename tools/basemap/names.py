"""What the sources do not say: division codes (GB/T 2260), English names, renamed districts."""

from typing import Final, NamedTuple


class Division(NamedTuple):
    """A district, county or province."""

    adcode: str
    name_zh: str
    name_en: str


_CHONGQING: Final = """
500101 万州区 Wanzhou District
500102 涪陵区 Fuling District
500103 渝中区 Yuzhong District
500104 大渡口区 Dadukou District
500105 江北区 Jiangbei District
500106 沙坪坝区 Shapingba District
500107 九龙坡区 Jiulongpo District
500108 南岸区 Nan'an District
500109 北碚区 Beibei District
500110 綦江区 Qijiang District
500111 大足区 Dazu District
500112 渝北区 Yubei District
500113 巴南区 Banan District
500114 黔江区 Qianjiang District
500115 长寿区 Changshou District
500116 江津区 Jiangjin District
500117 合川区 Hechuan District
500118 永川区 Yongchuan District
500119 南川区 Nanchuan District
500120 璧山区 Bishan District
500151 铜梁区 Tongliang District
500152 潼南区 Tongnan District
500153 荣昌区 Rongchang District
500154 开州区 Kaizhou District
500155 梁平区 Liangping District
500156 武隆区 Wulong District
500229 城口县 Chengkou County
500230 丰都县 Fengdu County
500231 垫江县 Dianjiang County
500233 忠县 Zhongxian County
500235 云阳县 Yunyang County
500236 奉节县 Fengjie County
500237 巫山县 Wushan County
500238 巫溪县 Wuxi County
500240 石柱土家族自治县 Shizhu Tujia Autonomous County
500241 秀山土家族苗族自治县 Xiushan Tujia and Miao Autonomous County
500242 酉阳土家族苗族自治县 Youyang Tujia and Miao Autonomous County
500243 彭水苗族土家族自治县 Pengshui Miao and Tujia Autonomous County
"""
_NEIGHBOURS: Final = """
420000 湖北省 Hubei
430000 湖南省 Hunan
510000 四川省 Sichuan
520000 贵州省 Guizhou
610000 陕西省 Shaanxi
"""
RENAMED: Final = {"梁平县": "梁平区", "武隆县": "武隆区"}
"""Became districts in 2016, after the source was drawn."""

FILES: Final = {
    "湖北省": "hubei",
    "湖南省": "hunan",
    "四川省": "sichuan",
    "贵州省": "guizhou",
    "陕西省": "shanxi1",
}
"""What the source calls the neighbours' files."""

MOVED_SEATS: Final = {"渝北区": (106.627, 29.719)}
"""The source still has the seat that Yubei left for Lianglu; this is GeoNames' 双凤桥, WGS-84."""


def districts() -> dict[str, Division]:
    """The 38 districts and counties of Chongqing by their name, in the order of their codes."""
    return _divisions(_CHONGQING)


def neighbours() -> dict[str, Division]:
    """The five provinces around Chongqing."""
    return _divisions(_NEIGHBOURS)


def seat(district: Division) -> tuple[str, str]:
    """What people call the town that a district is governed from: 万州, Wanzhou."""
    name = district.name_zh
    for ending in ("土家族苗族自治县", "苗族土家族自治县", "土家族自治县", "区", "县"):
        short = name.removesuffix(ending)
        if short != name and len(short) > 1:
            return short, district.name_en.split(" ")[0]
    return name, district.name_en.split(" ")[0]  # 忠县 is never said without its 县


def _divisions(table: str) -> dict[str, Division]:
    rows = (line.split(" ", 2) for line in table.strip().splitlines())
    return {name_zh: Division(adcode, name_zh, name_en) for adcode, name_zh, name_en in rows}
