"""What is typed on the form of a paper beside the paper as it stands, part by part."""

from activities.forms.overtaken import Difference
from activities.parts import parts_of


def differing(typed, paper, **words) -> list[Difference]:
    """The parts in which the two differ; ``words`` are those of the parts that ``typed``, not stored, cannot say."""
    pairs = [
        (part.word, words[part.name] if part.name in words else part.text(typed), part.text(paper))
        for part in parts_of(paper)
    ]
    return [Difference(*pair) for pair in pairs if pair[1] != pair[2]]


def lines_apart(one: Difference) -> Difference:
    """Of two lists with as many lines only those that differ: the rest need not be read twice."""
    typed, now = one.typed.splitlines(), one.now.splitlines()
    if len(typed) != len(now):
        return one
    apart = [pair for pair in zip(typed, now, strict=True) if pair[0] != pair[1]]
    return Difference(one.name, *("\n".join(lines) for lines in zip(*apart, strict=True)))
