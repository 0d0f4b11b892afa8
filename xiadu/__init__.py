"""The command line, and the assembly of the two programs."""

from importlib.metadata import version

VERSION = version("xiadu")
