"""`pandas_code`: a search of the browser as Python, to harvest the same entries in a notebook."""

from __future__ import annotations

from bims_desktop.app.ledgers import Where
from bims_desktop.ledger.base import Query


def pandas_code(where: Where, query: Query) -> str:
    """Three statements that give the found entries as a pandas DataFrame.

    Examples
    --------
    >>> print(pandas_code("local", {"operation": "gaussian"}))
    from bims_desktop.app.harvest import search, to_pandas
    from bims_desktop.app.home import Home
    <BLANKLINE>
    entries = to_pandas(search(Home(), where="local", operation="gaussian"))
    """
    given = {"where": where, **query}
    arguments = "".join(f', {name}="{value}"' if isinstance(value, str) else "" for name, value in given.items())
    return (
        "from bims_desktop.app.harvest import search, to_pandas\n"
        "from bims_desktop.app.home import Home\n\n"
        f"entries = to_pandas(search(Home(){arguments}))"
    )
