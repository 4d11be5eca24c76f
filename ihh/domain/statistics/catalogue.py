"""The catalogue of figures: every measure with its definition, in the order of pages and exports.

Pages, the API, the exports and docs/data-dictionary.md are all made from it.
"""

from __future__ import annotations

from collections.abc import Mapping

from ihh.domain.statistics.catalogue_house import HOUSE
from ihh.domain.statistics.catalogue_queue import QUEUE
from ihh.domain.statistics.catalogue_visits import VISITS
from ihh.domain.statistics.measures import Definition, Measure

_DEFINED = {**QUEUE, **VISITS, **HOUSE}

CATALOGUE: Mapping[Measure, Definition] = {measure: _DEFINED[measure] for measure in Measure}
