"""What is said of orders."""

from typing import Final

from telemetry.sentences.wording import Sentence

ORDERS: Final[dict[str, Sentence]] = {
    "no_order": Sentence("There is no order {order}.", "没有指令 {order}。"),
    "order_has_ended": Sentence(
        "Order {order} has ended already: {state}.", "指令 {order} 已结束：{state}。"
    ),
}
