from edge_agent.probes.modem import Objects, name_modems, net_ports

MODEM = "org.freedesktop.ModemManager1.Modem"


def modems(**places: str) -> Objects:
    return {f"/Modem/{number}": {MODEM: {"Device": place}} for number, place in places.items()}


def test_a_modem_that_comes_back_under_a_new_path_has_its_name_again() -> None:
    names = name_modems(modems(a="usb1", b="usb2"), {})

    without_first = name_modems(modems(b="usb2"), names)
    again = name_modems(modems(b="usb2", c="usb1"), without_first)

    assert names == {"usb1": "modem", "usb2": "modem1"}
    assert again == names


def test_another_modem_takes_the_lowest_free_name() -> None:
    names = name_modems(modems(a="usb1", b="usb2"), {})

    replaced = name_modems(modems(b="usb2", c="usb3"), names)
    all_three = name_modems(modems(b="usb2", c="usb3", d="usb1"), replaced)

    assert replaced == {"usb2": "modem1", "usb3": "modem"}
    assert all_three == {"usb2": "modem1", "usb3": "modem", "usb1": "modem2"}


def test_a_modem_is_counted_at_its_network_interface() -> None:
    ports = {"a": [["cdc-wdm0", 6], ["wwan0", 2]], "b": [["ttyUSB0", 3]]}
    objects: Objects = {
        f"/Modem/{place}": {MODEM: {"Device": place, "Ports": found}}
        for place, found in ports.items()
    }

    assert net_ports(objects, name_modems(objects, {})) == {"modem": "wwan0"}
