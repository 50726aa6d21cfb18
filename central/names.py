"""Names as kiosks, papers and screens may show them (pure)."""


def masked(name: str) -> str:
    """Every word of a name but its first letter is hidden; what is masked already stays as it is.

    >>> masked("Budi Santoso")
    'B*** S******'
    """
    return " ".join(word[0] + "*" * (len(word) - 1) for word in name.split())
