from __future__ import annotations

import pytest

from ihh.domain.guiding import Prospect, where_to_wait

AGENCIES = ("dvv", "kela", "vero")


@pytest.mark.parametrize(
    ("prospects", "told", "expected"),
    [
        ([], None, None),
        ([Prospect("kela", None, 4)], None, "kela"),
        ([Prospect("kela", 9, 4), Prospect("vero", 8, 9)], None, "vero"),
        # ties: fewer ahead, then the order of the agencies
        ([Prospect("kela", 9, 4), Prospect("vero", 9, 3)], None, "vero"),
        ([Prospect("vero", 9, 4), Prospect("kela", 9, 4)], None, "kela"),
        # where nobody can say, a line of which something can be said goes first
        ([Prospect("dvv", None, 0), Prospect("vero", 50, 9)], None, "vero"),
        ([Prospect("dvv", None, 2), Prospect("vero", None, 1)], None, "vero"),
        # who was told stays for less than three minutes
        ([Prospect("kela", 9, 4), Prospect("vero", 6.1, 1)], "kela", "kela"),
        ([Prospect("kela", 9, 4), Prospect("vero", 6, 1)], "kela", "vero"),
        ([Prospect("kela", None, 4), Prospect("vero", 60, 1)], "kela", "vero"),
        ([Prospect("kela", None, 4), Prospect("vero", None, 1)], "kela", "kela"),
        # a line the party no longer waits in holds nobody
        ([Prospect("kela", 9, 4), Prospect("vero", 8, 1)], "dvv", "vero"),
        # two places in one agency: the sooner counts
        ([Prospect("kela", 30, 9), Prospect("kela", 7, 1), Prospect("vero", 5, 1)], "kela", "kela"),
    ],
)
def test_where_to_wait(prospects, told, expected):
    assert where_to_wait(prospects, told=told, agencies=AGENCIES) == expected
