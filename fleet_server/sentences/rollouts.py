"""What is said of rollouts."""

from typing import Final

from fleet_server.journal.model import What
from telemetry.sentences.wording import Sentence

ROLLOUTS: Final[dict[str, Sentence]] = {
    # what was asked for
    "no_rollout": Sentence("There is no rollout {rollout}.", "没有发布 {rollout}。"),
    "rollout_of_other_courts": Sentence(
        "Rollout {rollout} also concerns other courts; somebody who sees them must do it.",
        "发布 {rollout} 还涉及其他法院的资产，须由有权查看的人员操作。",
    ),
    "rollout_is": Sentence(
        "Rollout {rollout} is {state}; that cannot be done now.",
        "发布 {rollout} 当前状态为 {state}，不能执行该操作。",
    ),
    "rollout_needs_another": Sentence(
        "Rollout {rollout} must be approved by somebody else than who wanted it.",
        "发布 {rollout} 须由发起人以外的人员批准。",
    ),
    "rollout_means_nobody": Sentence(
        "No asset fits, or all that do are in quarantine.",
        "没有符合条件的资产，或全部处于隔离状态。",
    ),
    "rollout_only_looked": Sentence(
        "Rollout {rollout} was a dry run; there is nothing to roll back.",
        "发布 {rollout} 是试运行，无需回退。",
    ),
    "rollout_touched_nobody": Sentence(
        "Rollout {rollout} has begun nowhere; cancel it instead.",
        "发布 {rollout} 尚未在任何资产上开始，请直接取消。",
    ),
    "rollout_has_no_way_back": Sentence(
        "Playbook {playbook} brings nothing that undoes it; name a playbook that does.",
        "剧本 {playbook} 没有自带回退内容，请指定用于回退的剧本。",
    ),
    "not_in_quarantine": Sentence("{asset} is not in quarantine.", "{asset} 未被隔离。"),
    "bad_rollout": Sentence("The plan does not work: {problem}.", "计划不成立：{problem}。"),
    "rollout_service_and_readiness": Sentence(
        "name a service and its readiness, or neither", "业务和就绪状态须同时填写或都不填"
    ),
    "rollout_wave_size": Sentence("say either a number or a share", "数量和比例须且只须填写一项"),
    "rollout_wave_not_larger": Sentence(
        "must reach more than the wave before, {percent} %", "须大于上一批的 {percent} %"
    ),
    "rollout_gate_contradicts": Sentence(
        "{success} % that must succeed and {failure} % that may fail are more than all",
        "须成功的 {success} % 与可失败的 {failure} % 之和超过全部",
    ),
    "rollout_gate_proves_nothing": Sentence(
        "only the last wave may ask for no success", "只有最后一批可以不要求成功"
    ),
    "rollout_rest_missing": Sentence("the last wave must reach 100 %", "最后一批须覆盖 100 %"),
    "rollout_too_short": Sentence(
        "all waves one after the other need {hours} h", "各批依次进行至少需要 {hours} 小时"
    ),
    # states of a rollout
    "rollout_awaiting_approval": Sentence("Waits for approval", "待批准"),
    "rollout_running": Sentence("Under way", "进行中"),
    "rollout_paused": Sentence("Paused", "已暂停"),
    "rollout_succeeded": Sentence("Done", "已完成"),
    "rollout_stopped": Sentence("Stopped", "已中止"),
    "rollout_cancelled": Sentence("Cancelled", "已取消"),
    # gates
    "gate_open": Sentence("Not decided yet", "尚未判定"),
    "gate_passed": Sentence("Passed", "已通过"),
    "gate_failed": Sentence("Not passed", "未通过"),
    "gate_cut_short": Sentence("The rollout ended before", "发布已提前结束"),
    "gate_too_many_failed": Sentence("too many failed", "失败过多"),
    "gate_too_few_left": Sentence("not enough can succeed any more", "剩余资产已不足以达标"),
    "gate_nobody_left": Sentence("nobody is left in the wave", "该批已无资产"),
    "gate_deadline": Sentence("time ran out", "已到截止时间"),
    # states of an asset
    "target_waiting": Sentence("Waiting", "等待"),
    "target_out": Sentence("At it", "执行中"),
    "target_soaking": Sentence("Being watched", "观察中"),
    "target_succeeded": Sentence("Succeeded", "成功"),
    "target_failed": Sentence("Failed", "失败"),
    "target_skipped": Sentence("Left out", "跳过"),
    "target_missed": Sentence("Missed", "错过"),
    # why an asset waits, failed or is left out
    "why_approval": Sentence("the rollout waits for approval", "发布待批准"),
    "why_paused": Sentence("the rollout is paused", "发布已暂停"),
    "why_wave": Sentence("its wave has not begun", "所在批次未开始"),
    "why_turn": Sentence("as many as may are at it", "同时执行数已满"),
    "why_unreachable": Sentence("not reachable; gets it when it is back", "联系不上，恢复后执行"),
    "why_in_sitting": Sentence("a sitting is in progress", "庭审中"),
    "why_window": Sentence("outside the court's maintenance windows", "不在法院维护时段内"),
    "why_retry": Sentence("could not begin; will be asked again", "未能开始，稍后重试"),
    "why_soak": Sentence("done; whether it stays well is being seen", "已完成，正在观察"),
    "why_unheard": Sentence("done, but not heard of since", "已完成，此后联系不上"),
    "why_play": Sentence("the playbook failed", "剧本执行失败"),
    "why_rolled_back": Sentence("the playbook rolled back", "剧本已自行回退"),
    "why_refused": Sentence("the order was refused", "指令被拒绝"),
    "why_readiness_worse": Sentence("its readiness is worse than before", "就绪状态变差"),
    "why_probe_failed": Sentence("a probe has failed since", "此后有探针失效"),
    "why_unit_failed": Sentence("a systemd unit has failed since", "此后有系统服务失败"),
    "why_withdrawn": Sentence("somebody cancelled its order", "指令被人取消"),
    "why_quarantined": Sentence("in quarantine after repeated failure", "多次失败，已隔离"),
    "why_retired": Sentence("retired", "已停用"),
    "why_rollout_ended": Sentence("the rollout ended before its turn", "轮到前发布已结束"),
    "why_deadline": Sentence("time ran out", "已到截止时间"),
    # what its order is at
    "at_queued": Sentence("its order waits to be sent", "指令待发送"),
    "at_sent": Sentence("its order was sent", "指令已发送"),
    "at_accepted": Sentence("it has accepted the order", "已接收指令"),
    "at_deferred": Sentence("it says not now", "资产暂缓执行"),
    "at_downloading": Sentence("downloads", "正在下载"),
    "at_running": Sentence("runs", "正在执行"),
    "at_verifying": Sentence("verifies", "正在验证"),
    # the command
    "rollout_made": Sentence(
        "Rollout {rollout} of {playbook}: {state}.", "发布 {rollout} ({playbook})：{state}。"
    ),
    "bad_waves": Sentence(
        "{text!r} are no waves: numbers and shares like 2,10%,50%,100%.",
        "{text!r} 不是有效的批次，请写数量和比例，例如 2,10%,50%,100%。",
    ),
    "bad_variable": Sentence(
        "{text!r} is no variable: write NAME=VALUE.", "{text!r} 不是变量，请写成 名称=值。"
    ),
    "rollout_none": Sentence("No rollout yet.", "尚无发布。"),
    "rollout_plan_wave": Sentence(
        "Wave {wave}: {assets} assets, {offline} not reachable now",
        "第 {wave} 批：{assets} 台，其中 {offline} 台目前联系不上",
    ),
    "rollout_left_out": Sentence("In quarantine: {assets}", "隔离中：{assets}"),
    "bad_window": Sentence(
        "{text!r} is no window: write days and times, like mon-fri 22:00-6:00.",
        "{text!r} 不是有效的时段，请写星期和时间，例如 mon-fri 22:00-6:00。",
    ),
    "windows_none": Sentence(
        "No windows of its own: those of the fleet count.", "该院未单独设置，按全局维护时段。"
    ),
    "windows_none_of_fleet": Sentence(
        "No windows: work may begin at any time.", "未设置维护时段，任何时间均可开始。"
    ),
    "quarantine_empty": Sentence("No asset is in quarantine.", "没有被隔离的资产。"),
    "quarantined_after": Sentence(
        "failed {failures} times in a row, last in rollout {rollout}",
        "连续失败 {failures} 次，最近一次为发布 {rollout}",
    ),
    "head_rollout": Sentence("rollout", "发布"),
    "head_playbook": Sentence("playbook", "剧本"),
    "head_progress": Sentence("progress", "进度"),
    "head_wave": Sentence("wave", "批次"),
    "head_gate": Sentence("gate", "关卡"),
    "head_why": Sentence("reason", "原因"),
    "head_since": Sentence("since", "起始"),
    "head_would_change": Sentence("would change", "将变更"),
}

ROLLOUT_JOURNAL: Final[dict[What, Sentence]] = {
    What.ROLLOUT_STARTED: Sentence(
        "Rollout of {playbook} to {assets} assets in {waves} waves.",
        "发布剧本 {playbook}：{assets} 台资产，分 {waves} 批。",
    ),
    What.ROLLOUT_APPROVED: Sentence("Rollout of {playbook} approved.", "已批准发布 {playbook}。"),
    What.ROLLOUT_PAUSED: Sentence("Rollout of {playbook} paused.", "已暂停发布 {playbook}。"),
    What.ROLLOUT_RESUMED: Sentence("Rollout of {playbook} resumed.", "已恢复发布 {playbook}。"),
    What.ROLLOUT_CANCELLED: Sentence("Rollout of {playbook} cancelled.", "已取消发布 {playbook}。"),
    What.ROLLOUT_ENDED: Sentence("Rollout of {playbook} {outcome}.", "发布 {playbook} {outcome}。"),
    What.WAVE_OPENED: Sentence(
        "Rollout of {playbook}: wave {wave} begins, {assets} assets.",
        "发布 {playbook}：第 {wave} 批开始，{assets} 台资产。",
    ),
    What.ASSET_QUARANTINED: Sentence(
        "In quarantine after {failures} failed rollouts in a row.",
        "连续 {failures} 次发布失败，已隔离。",
    ),
    What.QUARANTINE_ENDED: Sentence("Released from quarantine.", "已解除隔离。"),
    What.ROLLOUT_WINDOWS_CHANGED: Sentence("Maintenance windows changed.", "已修改维护时段。"),
}

ROLLOUT_OUTCOMES: Final[dict[str, Sentence]] = {
    "succeeded": Sentence("is done", "已完成"),
    "stopped": Sentence("was stopped by a gate", "被关卡中止"),
    "deadline": Sentence("was stopped, because time ran out", "因超时中止"),
}
"""Words that stand for `outcome` in the journal."""
