"""What robvis reads: one row a study, its domains as columns; R then draws the traffic lights.

``rob_traffic_light(read.csv("rob2.csv", check.names = FALSE), tool = "ROB2")`` in R.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from extractor.bias.agreement import Agreed
from extractor.bias.tools import OVERALL, Tool
from extractor.errors import BiasError

MOST_NAMED = 8  # disagreements in the message


def table(agreed: Sequence[Agreed], tool: Tool, *, weight: bool = False) -> tuple[str, list[str]]:
    """The file for robvis, and what is missing in it.

    Parameters
    ----------
    agreed : sequence of Agreed
        Of any tool; others than ``tool`` are passed over.
    tool : Tool
    weight : bool
        A last column ``Weight`` of 1 for each study, which robvis 0.3.0 wants.

    Returns
    -------
    text : str
    missing : list of str
        ``study domain`` of each empty cell.

    Raises
    ------
    BiasError
        If there is no judgement with this tool, or people disagree and there is no consensus.
    """
    mine = [a for a in agreed if a.tool == tool.name]
    if not mine:
        raise BiasError(
            f"there is no judgement with {tool.name} in this store; bring some in with: trialspan bias import"
        )
    if open_ := [a for a in mine if a.judgement is None]:
        words = "; ".join(a.shown() for a in open_[:MOST_NAMED]) + (" ..." if len(open_) > MOST_NAMED else "")
        raise BiasError(
            f"{len(open_)} judgements are not agreed on: {words}; bring in the consensus with: trialspan bias import --consensus"
        )
    domains = list(tool.domains) or list(dict.fromkeys(a.domain for a in mine if a.domain != OVERALL))
    overall = tool.robvis != "Generic" or any(a.domain == OVERALL for a in mine)
    columns = [*domains, *([OVERALL] if overall else [])]
    words_of = {(a.study, a.domain): tool.shown.get(str(a.judgement), str(a.judgement)) for a in mine}
    studies = sorted({a.study for a in mine})
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["Study", *columns, *(["Weight"] if weight else [])])
    for study in studies:
        writer.writerow([study, *(words_of.get((study, c), "") for c in columns), *(["1"] if weight else [])])
    missing = [f"{study} {column}" for study in studies for column in columns if (study, column) not in words_of]
    return out.getvalue(), missing
