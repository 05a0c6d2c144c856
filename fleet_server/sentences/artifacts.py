"""What is said of the artifact store."""

from typing import Final

from telemetry.sentences.wording import Sentence

ARTIFACTS: Final[dict[str, Sentence]] = {
    "artifact_unknown": Sentence(
        "There is no artifact {artifact}; `courtfleet artifacts list` shows those there are.",
        "没有制品 {artifact}；可用 `courtfleet artifacts list` 查看现有制品。",
    ),
    "artifact_in_use": Sentence(
        "{name} may still be fetched until {until}; remove it afterwards.",
        "{name} 在 {until} 之前仍可能被下载，请在此之后删除。",
    ),
    "artifact_other_content": Sentence(
        "What came has the SHA-256 {sha256}, not the one announced.",
        "收到内容的 SHA-256 为 {sha256}，与声明不符。",
    ),
    "link_invalid": Sentence("This link is not one of ours.", "此链接不是本服务器签发的。"),
    "link_expired": Sentence("This link's time is over.", "此链接已过期。"),
    "artifacts_full": Sentence(
        "The disk of the artifact store has no room for it.", "制品库磁盘空间不足。"
    ),
    "artifact_added": Sentence(
        "{name} is in the store: artifact:{sha256}", "{name} 已入库：artifact:{sha256}"
    ),
    "artifact_removed": Sentence("{name} is removed.", "{name} 已删除。"),
    "no_artifacts": Sentence(
        "The store is empty; `courtfleet artifacts add FILE` puts something in.",
        "制品库为空；可用 `courtfleet artifacts add FILE` 添加。",
    ),
    "mirror_failed": Sentence("{program} says: {problem}", "{program} 提示：{problem}"),
    "mirror_nothing": Sentence("Name packages to mirror.", "请给出要镜像的软件包。"),
    "mirror_two_kinds": Sentence(
        "Debian packages and wheels go into two archives: mirror one after the other.",
        "Debian 软件包与 wheel 须分别打包：请分两次镜像。",
    ),
    "head_size": Sentence("bytes", "字节"),
    "head_added": Sentence("added", "添加时间"),
    "head_sha256": Sentence("SHA-256", "SHA-256"),
}
