"""Districts and counties of Chongqing and where their seats are: public facts.

Coordinates are WGS-84, rounded to a kilometre.
"""

from dataclasses import dataclass
from typing import Final

from simulators.townships import BY_DISTRICT, Township


@dataclass(frozen=True, slots=True)
class District:
    """A district or county of Chongqing and where its seat is."""

    code: str
    name: str
    latitude_degrees: float
    longitude_degrees: float
    altitude_metres: float

    @property
    def court(self) -> str:
        """The basic-level court of the district."""
        return f"重庆市{self.name}人民法院"

    @property
    def townships(self) -> tuple[Township, ...]:
        """Some of its townships."""
        return BY_DISTRICT[self.code]


CENTRAL: Final = (
    District("yuzhong", "渝中区", 29.56, 106.57, 260),
    District("dadukou", "大渡口区", 29.48, 106.48, 250),
    District("jiangbei", "江北区", 29.61, 106.57, 250),
    District("shapingba", "沙坪坝区", 29.54, 106.46, 260),
    District("jiulongpo", "九龙坡区", 29.50, 106.51, 270),
    District("nanan", "南岸区", 29.52, 106.56, 250),
    District("beibei", "北碚区", 29.81, 106.40, 230),
    District("yubei", "渝北区", 29.72, 106.63, 390),
    District("banan", "巴南区", 29.40, 106.54, 230),
)
"""The nine districts of the city proper."""

OUTER: Final = (
    District("fuling", "涪陵区", 29.70, 107.39, 270),
    District("changshou", "长寿区", 29.86, 107.08, 350),
    District("jiangjin", "江津区", 29.29, 106.26, 210),
    District("hechuan", "合川区", 29.97, 106.28, 220),
    District("yongchuan", "永川区", 29.36, 105.93, 320),
    District("nanchuan", "南川区", 29.16, 107.10, 570),
    District("qijiang", "綦江区", 29.03, 106.65, 250),
    District("dazu", "大足区", 29.71, 105.72, 390),
    District("bishan", "璧山区", 29.59, 106.23, 330),
    District("tongliang", "铜梁区", 29.84, 106.06, 280),
    District("tongnan", "潼南区", 30.19, 105.84, 260),
    District("rongchang", "荣昌区", 29.41, 105.59, 320),
    District("wanzhou", "万州区", 30.81, 108.41, 250),
    District("liangping", "梁平区", 30.67, 107.77, 450),
)

MOUNTAIN: Final = (
    District("kaizhou", "开州区", 31.16, 108.39, 180),
    District("fengdu", "丰都县", 29.86, 107.73, 220),
    District("zhongxian", "忠县", 30.30, 108.04, 230),
    District("yunyang", "云阳县", 30.93, 108.70, 230),
    District("fengjie", "奉节县", 31.02, 109.46, 250),
    District("wushan", "巫山县", 31.07, 109.88, 270),
    District("wuxi", "巫溪县", 31.40, 109.57, 240),
    District("chengkou", "城口县", 31.95, 108.66, 750),
    District("shizhu", "石柱土家族自治县", 30.00, 108.11, 530),
    District("youyang", "酉阳土家族苗族自治县", 28.84, 108.77, 650),
    District("xiushan", "秀山土家族苗族自治县", 28.45, 109.01, 350),
    District("pengshui", "彭水苗族土家族自治县", 29.29, 108.17, 250),
)
"""Where villages are far from any court: each has a clinic."""

FURTHER: Final = (
    District("qianjiang", "黔江区", 29.53, 108.77, 600),
    District("wulong", "武隆区", 29.33, 107.76, 220),
    District("dianjiang", "垫江县", 30.33, 107.34, 420),
)

EVERYWHERE: Final = (*CENTRAL, *OUTER, *MOUNTAIN, *FURTHER)
"""All 38."""
