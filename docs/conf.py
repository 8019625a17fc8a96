"""Sphinx: MyST pages, built in strict mode by `make docs`, without the network."""

import sys
from pathlib import Path

import scantrail

sys.path.insert(0, str(Path(__file__).parent / "_ext"))

project = "Scantrail"
author = "The Scantrail developers"
copyright = "the Scantrail developers"
release = version = scantrail.__version__

extensions = ["myst_parser", "commands", "gallery", "part_pictures", "sections"]
myst_enable_extensions = ["deflist", "fieldlist"]
myst_heading_anchors = 3
exclude_patterns = ["_build", "decisions/template.md"]
nitpicky = True

html_theme = "furo"
html_title = "Scantrail"
html_show_copyright = False
