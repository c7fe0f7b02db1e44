"""Owns the texts of a sample campaign: one text respun, under a dozen names.

Written for this project. Word for word they differ enough that no two are equal, as
the tools do it that sell such texts.
"""

from moderation.services.sample_comments import Sample

NAMES = (
    "Lowell Brant",
    "Petra Winslow",
    "Garth Okafor",
    "Ilse Marchetti",
    "Dorian Pike",
    "Renata Solberg",
    "Amos Tillery",
    "Bettina Crewe",
    "Caspar Nyholm",
    "Odette Farrow",
    "Silas Verhoef",
    "Wanda Ekström",
)
# The words of each place, of which every comment takes another.
OPENINGS = ("Thanks for", "I am thankful for", "Many thanks for")
KINDS = ("clear", "sensible", "thoughtful", "helpful")
PIECES = ("piece", "article", "write-up")
FRIENDS = ("cousin", "neighbour", "colleague", "flatmate")
MONTHS = ("two months", "six weeks", "ten weeks")
RESTS = ("sleeps through the night", "rests all night", "sleeps like a child")
TEXT = (
    "{opening} this {kind} {piece} about the first weeks. My {friend} was in the very "
    "same place until somebody told her of the herbal drops from the little shop in "
    "the link above my name. After {months} she {rest} again and tells "
    "everybody at work about them. They send a first bottle for nothing if you "
    "write that you came from here, so have a look before it is gone!"
)


def make_campaign(*, hours_ago: float, minutes_between: float) -> tuple[Sample, ...]:
    """Return the samples, the first of which came `hours_ago`."""
    return tuple(
        Sample(
            name=name,
            email=f"{name.split()[0].lower()}@mail{number % 4}.example",
            website=f"https://drops.example/sleep/{number + 1}",
            hours_ago=hours_ago - number * minutes_between / 60,
            ip=f"203.0.113.{100 + number}" if number % 3 else f"198.51.100.{number}",
            form_seconds=4 + number % 3,
            body=TEXT.format(
                opening=OPENINGS[number % 3],
                kind=KINDS[number % 4],
                piece=PIECES[number // 2 % 3],
                friend=FRIENDS[number // 3 % 4],
                months=MONTHS[(number + 1) % 3],
                rest=RESTS[number // 4 % 3],
            ),
        )
        for number, name in enumerate(NAMES)
    )
