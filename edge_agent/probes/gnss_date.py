"""Whether a GNSS date is off by a multiple of 1,024 weeks.

GPS counts weeks in ten bits. A receiver whose firmware does not know in which turn of the counter
it lives dates everything 19.6 years off; and gpsd, which repairs dates that are older than itself,
moves a date that was right (an old recording) into the future. Both happen, the date itself does
not tell which, and a repaired date can lie near today. So a date is *wrapped* as soon as the two
that are at hand, the receiver's own sentence and gpsd's, are a multiple of 1,024 weeks apart,
whichever of them is right: it is never taken as the clock.
"""

from datetime import date, timedelta

TURN = timedelta(weeks=1024)
_NEAR = timedelta(days=1)  # sentences on both sides of midnight
_TRUSTED_NEAR = timedelta(days=7)  # a trusted clock may have been set a while ago
_IN_USE = timedelta(days=3650)
"""How long after its build a program may run; less than a turn, so that one date fits at most."""


def is_wrapped(
    reported: date, sentence: date | None, trusted: date | None, built: date
) -> bool | None:
    """Whether `reported`, gpsd's date, is a multiple of 1,024 weeks off; None: nobody can tell.

    `sentence` is the date in the receiver's own sentences (None: none was seen), `trusted` is
    today by a clock that NTP or the centre has set (None: there is none), `built` is when this
    program was built. Only False says that the date may be taken as the clock, and then only when
    it does not lie before `built`.
    """
    if sentence is not None and _is_turned(reported - sentence, _NEAR):
        return True
    if trusted is not None:
        if _is_turned(reported - trusted, _TRUSTED_NEAR):
            return True
    elif not _is_in_use(reported, built) and any(
        _is_in_use(reported + turns * TURN, built) for turns in (-2, -1, 1, 2)
    ):
        return True
    if sentence is None or abs(reported - sentence) > _NEAR:
        return None
    return False


def date_of_sentence(sentence: bytes) -> date | None:
    """The date in an NMEA sentence RMC or ZDA of any talker; None when it has none.

    RMC writes two digits of the year: GPS time begins in 1980, so 80 is 1980 and 79 is 2079.
    """
    fields = sentence.partition(b"*")[0].split(b",")
    try:
        match fields:
            case [kind, _, _, _, _, _, _, _, _, day, *_] if kind.endswith(b"RMC") and len(day) == 6:
                year = int(day[4:])
                year += 1900 if year >= 80 else 2000
                return date(year, int(day[2:4]), int(day[:2]))
            case [kind, _, day, month, year_text, *_] if kind.endswith(b"ZDA"):
                return date(int(year_text), int(month), int(day))
            case _:
                return None
    except ValueError:  # empty or damaged fields
        return None


def _is_turned(difference: timedelta, near: timedelta) -> bool:
    turns = round(difference / TURN)
    return turns != 0 and abs(difference - turns * TURN) <= near


def _is_in_use(day: date, built: date) -> bool:
    return built <= day <= built + _IN_USE
