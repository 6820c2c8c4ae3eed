"""One pipeline for all tests of a process: it is costly to make, and reads each text as if it were the first."""

import gc
import os
from functools import cache

from kg import annotate
from kg.vocab import BASE

_Annotator = annotate.Annotator


def reader(model=None, knowledge=None, base=BASE):
    """Give an `Annotator` of our own knowledge, made once; with knowledge of a test's own, a new one."""
    if knowledge:
        return _Annotator(model, knowledge, base)
    return _made(model or os.environ.get("KG_MODEL"), base)


@cache
def _made(model, base):
    made = _Annotator(model, None, base)
    gc.collect()
    gc.freeze()  # closing a store collects garbage; the gazetteers need not be looked through each time
    return made
