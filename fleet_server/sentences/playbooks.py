"""What is said of playbooks."""

from typing import Final

from telemetry.sentences.wording import Sentence

PLAYBOOKS: Final[dict[str, Sentence]] = {
    "playbook_unknown": Sentence(
        "There is no playbook {playbook!r}; `courtfleet playbooks list` shows those there are.",
        "没有剧本 {playbook!r}；可用 `courtfleet playbooks list` 查看现有剧本。",
    ),
    "playbook_taken": Sentence(
        "The collection {collection} has a playbook {playbook} already.",
        "集合 {collection} 中已有剧本 {playbook}。",
    ),
    "playbook_bad_variables": Sentence(
        "These variables do not suit the playbook {playbook}: {problem}.",
        "变量不符合剧本 {playbook} 的要求：{problem}。",
    ),
    "playbook_secret": Sentence(
        "{variable} looks like a secret, and secrets do not travel with a playbook. Keep it on the"
        " asset in a file that only root can read, and name that file.",
        "{variable} 疑似机密信息，不得随剧本下发。请将其存放在资产上仅 root 可读的文件中，并填写"
        "该文件的路径。",
    ),
    "playbook_artifact": Sentence(
        "{playbook} needs the artifact {artifact}, for which there is no link here.",
        "{playbook} 需要制品 {artifact}，此处无法生成下载链接。",
    ),
    "not_yaml": Sentence("This is no YAML: {problem}.", "这不是 YAML：{problem}。"),
    "playbooks_unknown": Sentence(
        "Nobody added a collection {collection!r}.", "没有添加过集合 {collection!r}。"
    ),
    "playbooks_bad_name": Sentence(
        "{name!r} cannot be a collection's name: use a-z, 0-9 and '_', for instance our_court.",
        "{name!r} 不能作为集合名称：请用 a-z、0-9 和 '_'，例如 our_court。",
    ),
    "playbooks_no_archive": Sentence("This is no tar.gz archive.", "这不是 tar.gz 归档文件。"),
    "playbooks_too_large": Sentence(
        "More than {files} files or {bytes} bytes; big files belong into the artifact store.",
        "超过 {files} 个文件或 {bytes} 字节；大文件请放入制品库。",
    ),
    "playbooks_not_a_file": Sentence(
        "{path} is no plain file inside the folder.", "{path} 不是文件夹内的普通文件。"
    ),
    "playbooks_bad_path": Sentence(
        "{path} is no path inside the folder, or uses other characters than A-Z, a-z, 0-9, '_', '-'"
        " and '.'.",
        "{path} 不是文件夹内的路径，或含有 A-Z、a-z、0-9、'_'、'-'、'.' 以外的字符。",
    ),
    "playbooks_bad_yaml": Sentence(
        "{path} cannot be read: {problem}.", "无法读取 {path}：{problem}。"
    ),
    "playbooks_bad_syntax": Sentence(
        "{path}: Ansible says: {problem}", "{path}：Ansible 提示：{problem}"
    ),
    "playbooks_no_check_mode": Sentence(
        "{path} changes something in check mode too (check_mode: false).",
        "{path} 在检查模式下也会修改 (check_mode: false)。",
    ),
    "playbooks_none": Sentence(
        "There is no playbook for assets: a NAME.yml whose plays have a name and `hosts: all`.",
        "没有面向资产的剧本：需要 NAME.yml，其中每个 play 有名称且 `hosts: all`。",
    ),
    "playbooks_no_role": Sentence(
        "{path} uses no role; what it does must be in roles, which say their variables.",
        "{path} 未使用角色；任务须放在声明了变量的角色中。",
    ),
    "playbooks_role_missing": Sentence(
        "{path} uses the role {role}, which is not here.", "{path} 使用的角色 {role} 不存在。"
    ),
    "playbooks_no_specs": Sentence(
        "The role {role} of {path} has no meta/argument_specs.yml.",
        "{path} 的角色 {role} 缺少 meta/argument_specs.yml。",
    ),
    "playbooks_rollback_alone": Sentence(
        "{path} undoes a playbook that is not here.", "{path} 所回退的剧本不存在。"
    ),
    "playbooks_rollback_hosts": Sentence(
        "{path} is no playbook for assets: its plays need a name and `hosts: all`.",
        "{path} 不是面向资产的剧本：每个 play 须有名称且 `hosts: all`。",
    ),
    "playbooks_rollback_needs": Sentence(
        "{path} needs {variable}, which its playbook does not take.",
        "{path} 需要变量 {variable}，而其剧本没有该变量。",
    ),
    "playbooks_fine": Sentence(
        "{count} playbooks, no mistakes: {names}.", "{count} 个剧本，没有错误：{names}。"
    ),
    "playbooks_taken": Sentence(
        "Collection {collection} is here: {names}.", "集合 {collection} 已添加：{names}。"
    ),
    "playbooks_removed": Sentence(
        "Collection {collection} is removed.", "集合 {collection} 已删除。"
    ),
    "playbooks_no_git": Sentence(
        "{source} cannot be cloned: {problem}", "无法克隆 {source}：{problem}"
    ),
    "head_playbook": Sentence("playbook", "剧本"),
    "head_collection": Sentence("collection", "集合"),
    "head_version": Sentence("version", "版本"),
    "head_title": Sentence("what it does", "用途"),
    "head_variable": Sentence("variable", "变量"),
    "head_type": Sentence("type", "类型"),
    "head_default": Sentence("default", "默认值"),
    "head_description": Sentence("description", "说明"),
    "variable_needed": Sentence("needed", "必填"),
}
