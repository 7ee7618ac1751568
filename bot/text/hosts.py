"""Last labels of host names: what tells `mail.example.jp` from `3.5` and `setup.exe`.

Not the whole list of the root zone: those that names of mail servers and addresses end in, and those of private networks.
"""

from __future__ import annotations

from typing import Final

TOP_LEVELS: Final = frozenset(
    """
    ac ad ai ar at au be bg br ca cc ch cl cn co cz de dk ed ee es eu fi fm fr gg go gr hk hr hu id ie il im
    in io is it jp ke kr la lg li lt lu lv ly me mx my ne ng nl no nz or ph pl pt ro rs ru se sg si sk so st
    th to tr tv tw ua uk us vn ws za app biz com dev edu fyi gov int lan law mil net org pro tax top xyz asia
    blog club corp home info life link live mail mobi name page shop site tech test work cloud email group
    house kyoto local media osaka store tokyo works world agency clinic dental design global nagoya online
    school studio company digital example invalid network okinawa systems internal intranet yokohama localhost
    solutions consulting localdomain
    """.split()  # noqa: SIM905 - a page of words reads better without quotes
)
