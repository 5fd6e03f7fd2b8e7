"""Write values as JSON: compact, in UTF-8, and whatever a mail put into them."""

import json
from typing import Any

import orjson


def dump(value: Any) -> bytes:
    """Give a value's JSON; a lone surrogate, from a name that is no UTF-8, becomes "?"."""
    try:
        return orjson.dumps(value)
    except TypeError:  # which also stands for numbers of more than 64 bits
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        return text.encode("utf-8", "replace")
