# SPDX-License-Identifier: Apache-2.0
"""
All exceptions of the package.

::

    RerunBridgeError
    +-- UsageError (ValueError)        the caller asked for something that cannot be
    |   +-- CurrentRecordingError (RuntimeError)  there is no current recording, or a wrong one
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


class RerunBridgeError(Exception):
    """Root of all exceptions of this package."""


class UsageError(RerunBridgeError, ValueError):
    """The caller asked for something that cannot be."""


class CurrentRecordingError(UsageError, RuntimeError):
    """There is no current recording, or not the one that should be."""


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
