"""The pieces that a NeXus tree is made of: groups with a class, fields with units, links that name their target."""

import re
from collections.abc import Iterable

import h5py
import numpy as np
from numpy.typing import ArrayLike

from scantrail.runs.export.text import fresh

TEXT = h5py.string_dtype()


def group(parent: h5py.Group, name: str, nx_class: str) -> h5py.Group:
    """Add a group of a NeXus class, under a name of its own if `name` is taken."""
    made = parent.create_group(free(parent, name))
    made.attrs["NX_class"] = nx_class
    return made


def field(parent: h5py.Group, name: str, value: ArrayLike, unit: str = "", **attributes: str) -> h5py.Dataset:
    """Add a field: text, numbers, or arrays of both; `unit` and further attributes are left out where empty."""
    values = np.asarray(value)
    if values.dtype.kind in "OU":
        texts = np.vectorize(_storable, otypes=[object])(values) if values.size else values
        made = parent.create_dataset(free(parent, name), data=texts, dtype=TEXT)
    else:
        made = parent.create_dataset(free(parent, name), data=values)
    for key, told in {"units": unit, **attributes}.items():
        if told:
            made.attrs[key] = _storable(told)
    return made


def link(parent: h5py.Group, name: str, target: h5py.Dataset) -> str:
    """Let a field be found under a further path, and return its name there; `target` names where it belongs."""
    free_name = free(parent, name)
    target.attrs["target"] = target.name
    parent[free_name] = target
    return free_name


def free(parent: h5py.Group, name: str) -> str:
    """Return a name that NeXus allows and that is not taken, as near to `name` as can be."""
    allowed = re.sub(r"[^A-Za-z0-9_]", "_", name) or "_"
    return fresh(allowed, parent)


def _storable(text: object) -> str:
    """Return a text as HDF5 can hold it: UTF-8, and without zeros, which would end it."""
    return str(text).encode(errors="backslashreplace").decode().replace("\0", "\\0")


def default(path: Iterable[h5py.Group]) -> None:
    """Let each group name the next one as its default, from the root down to the NXdata."""
    above, *below = path
    for one in below:
        above.attrs["default"] = one.name.rpartition("/")[2]
        above = one
