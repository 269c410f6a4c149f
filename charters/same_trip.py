"""Whether two sources speak of one trip: by its confirmation code, or by its guest's name."""

from charters.models.people import plain_name


def plain_code(code: str) -> str:
    """A confirmation code as it is compared: “GMB-20417” and “gmb20417” are one."""
    return "".join(filter(str.isalnum, code)).upper()


def same_code(one: str, other: str) -> bool:
    """Whether both are codes, and the same; two blanks are no code."""
    return bool(plain_code(one)) and plain_code(one) == plain_code(other)


def bare_words(text: str) -> str:
    """The words of a text alone: no accents, no case, no signs, single spaces."""
    return " ".join("".join(sign if sign.isalnum() else " " for sign in plain_name(text)).split())


def same_guest(one: str, other: str) -> bool:
    """The office writes less of a name than a platform: “Jonathan” is “Jonathan Ames”, “Ames” too; nobody is nobody."""
    ours, theirs = set(bare_words(one).split()), set(bare_words(other).split())
    return bool(ours and theirs) and (ours <= theirs or theirs <= ours)
