# SPDX-License-Identifier: Apache-2.0
"""
All exceptions of the package.

::

    RerunBridgeError
    +-- UsageError (ValueError)        the caller asked for something that cannot be
    |   +-- CurrentRecordingError (RuntimeError)  there is no current recording, or a wrong one
    |   +-- MappingError               a file of mappings says what cannot be
    +-- ConversionError                one ROS message cannot become Rerun data
    |   +-- CdrError                   its bytes do not fit its definition
    |   +-- UnsupportedTypeError       its type has no definition or no package here
    +-- DecodeError                    bytes that should be a Rerun stream or a bag are not
    +-- SinkError (RuntimeError)       a file, socket or process failed
    |   +-- SinkOpenError              it could not be opened; the old sink is untouched
    |   +-- ViewerNotFoundError        no viewer executable on this machine
    |   +-- WebViewerNotFoundError     no files of the official web viewer on this machine
    |   +-- FlushTimeoutError          not everything was delivered in time
    +-- ParameterError (ValueError)    a node parameter has a bad value
"""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class RerunBridgeError(Exception):
    """Root of all exceptions of this package."""


class UsageError(RerunBridgeError, ValueError):
    """The caller asked for something that cannot be."""


class CurrentRecordingError(UsageError, RuntimeError):
    """There is no current recording, or not the one that should be."""


class MappingError(UsageError):
    """A file of mappings cannot be read, or says what cannot be."""


class ConversionError(RerunBridgeError):
    """One ROS message cannot become Rerun data."""


class CdrError(ConversionError):
    """The bytes of a message do not fit its definition."""


class UnsupportedTypeError(ConversionError):
    """A message type has no definition or no Python package on this machine."""


class DecodeError(RerunBridgeError):
    """Bytes that should be a Rerun stream or a bag are not."""


class SinkError(RerunBridgeError, RuntimeError):
    """A file, socket or process behind a sink failed."""


class SinkOpenError(SinkError):
    """A sink could not be opened; what was open before is untouched."""


class ViewerNotFoundError(SinkError):
    """No viewer executable was found."""


class WebViewerNotFoundError(SinkError):
    """The files of the official web viewer were not found, or are not those that fit."""


class FlushTimeoutError(SinkError):
    """Not everything was delivered within the time allowed."""


class ParameterError(RerunBridgeError, ValueError):
    """A node parameter has a value that cannot be used."""


def nearest(name: str, known: Iterable[str]) -> str:
    """Return the known name that looks most like the given one; empty if none does."""
    return next(iter(difflib.get_close_matches(name, known, 1, 0.75)), '')


def hint(name: str, known: Iterable[str]) -> str:
    """
    Help with a name that does not exist.

    Parameters
    ----------
    name
        What was given.
    known
        What there is.

    Returns
    -------
    str
        The end of a sentence, from its semicolon on: the nearest name, or all.

    """
    options = list(known)
    guess = nearest(name, options)
    return f'; did you mean {guess}?' if guess else f'; there are {", ".join(options)}'
