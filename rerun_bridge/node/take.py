# SPDX-License-Identifier: Apache-2.0
"""
Takes one serialized message from a subscription.

rclpy copies each message into a buffer of its own and from there into `bytes`, and describes it
with a dict. `RclTake` calls the same function of rcl with an allocator that makes the `bytes`, so
that the middleware writes into them: one copy of a picture less. Where that cannot be done,
`take_through_rclpy` does the same, slower.
"""

from __future__ import annotations

import ctypes
from struct import Struct
import sys
import time
from typing import Any, TYPE_CHECKING

from rerun_bridge.node.sample import Sample

if TYPE_CHECKING:
    from collections.abc import Callable

    Take = Callable[[Any], Sample | None]

__all__ = ['UNLOCKED_MIDDLEWARES', 'RclTake', 'sample_of', 'take_through_rclpy']

UNLOCKED_MIDDLEWARES = frozenset(
    {'rmw_cyclonedds_cpp', 'rmw_fastrtps_cpp', 'rmw_fastrtps_dynamic_cpp'}
)
"""
They hold no lock while they ask for memory. Ours is Python's to give: another thread may get the
global lock meanwhile, and must not wait for the middleware then, as with rmw_zenoh_cpp it could.
"""
_RCL_RET_OK = 0
_RCL_RET_SUBSCRIPTION_TAKE_FAILED = 401
_UNSUPPORTED = (1 << 64) - 1
# rmw_message_info_t as far as it is of interest: time of publishing and of arrival, number given
# by the publisher, number given by the subscription, name of the middleware, publisher. The last
# has 24 bytes in ROS 2 Humble, of which those from the 17th on are not used.
_MESSAGE_INFO = Struct('@qqQQP16s')
_MESSAGE_INFO_BYTES = 256
_SMALL_BYTES = 16 << 10
"""Copying so much takes less time than asking Python for memory."""

_new_bytes = ctypes.pythonapi.PyBytes_FromStringAndSize
_new_bytes.restype = ctypes.py_object
_new_bytes.argtypes = (ctypes.c_void_p, ctypes.c_ssize_t)
_address_of_bytes = ctypes.pythonapi.PyBytes_AsString
_address_of_bytes.restype = ctypes.c_void_p
_address_of_bytes.argtypes = (ctypes.py_object,)

_Allocate = ctypes.PYFUNCTYPE(ctypes.c_void_p, ctypes.c_size_t, ctypes.c_void_p)
_Deallocate = ctypes.PYFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p)
_Reallocate = ctypes.PYFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t, ctypes.c_void_p)
_ZeroAllocate = ctypes.PYFUNCTYPE(
    ctypes.c_void_p, ctypes.c_size_t, ctypes.c_size_t, ctypes.c_void_p
)


class _Allocator(ctypes.Structure):
    """rcutils_allocator_t."""

    _fields_ = (
        ('allocate', _Allocate),
        ('deallocate', _Deallocate),
        ('reallocate', _Reallocate),
        ('zero_allocate', _ZeroAllocate),
        ('state', ctypes.c_void_p),
    )


class _SerializedMessage(ctypes.Structure):
    """rcl_serialized_message_t."""

    _fields_ = (
        ('buffer', ctypes.c_void_p),
        ('length', ctypes.c_size_t),
        ('capacity', ctypes.c_size_t),
        ('allocator', _Allocator),
    )


class RclTake:
    """
    Takes messages with rcl's own function; for one thread.

    Raises
    ------
    OSError, AttributeError
        If librcl cannot be loaded, or is not made as expected.

    """

    def __init__(self) -> None:
        # The global lock is kept during the call: a thread that lets go of it for each message
        # waits as often until another one, which computes, hands it back.
        take = _load_rcl().rcl_take_serialized_message
        take.restype = ctypes.c_int
        take.argtypes = (ctypes.c_void_p,) * 4
        self._take = take
        self._data = b''
        self._small: Any = ctypes.create_string_buffer(_SMALL_BYTES)
        self._small_address = ctypes.addressof(self._small)
        self._info = ctypes.create_string_buffer(_MESSAGE_INFO_BYTES)
        self._message = _SerializedMessage(
            allocator=_Allocator(
                _Allocate(lambda num_bytes, _: self._allocate(num_bytes)),
                _Deallocate(lambda _address, _: None),
                _Reallocate(lambda _address, num_bytes, _: self._allocate(num_bytes)),
                _ZeroAllocate(lambda number, size, _: self._allocate(number * size)),
            )
        )
        self._addresses = ctypes.addressof(self._message), ctypes.addressof(self._info), None

    def __call__(self, subscription: Any) -> Sample | None:  # noqa: ANN401 - rclpy has no types
        """
        Take one message.

        Parameters
        ----------
        subscription
            One of rclpy, whose handle is held.

        Returns
        -------
        Sample or None
            None where none has arrived.

        Raises
        ------
        RuntimeError
            If the middleware fails.

        """
        message = self._message
        # For what does not fit, the middleware asks the allocator for memory.
        message.buffer = self._small_address
        message.capacity = _SMALL_BYTES
        message.length = 0
        result = self._take(subscription.handle.pointer, *self._addresses)
        data, self._data = self._data, b''  # also where it failed: the next one may be small
        if result != _RCL_RET_OK:
            if result == _RCL_RET_SUBSCRIPTION_TAKE_FAILED:
                return None
            msg = f'taking a message of {subscription.topic_name} failed: rcl returned {result}'
            raise RuntimeError(msg)
        length = message.length
        data = data or self._small[:length]
        if len(data) != length:
            data = data[:length]
        published, received, number, _, _, publisher = _MESSAGE_INFO.unpack_from(self._info)
        received = received or time.time_ns()
        return Sample(
            data,
            published or received,
            received,
            number if 0 < number < _UNSUPPORTED else None,
            publisher,
        )

    def _allocate(self, num_bytes: int) -> int:
        """Make the `bytes` that the middleware writes the next message into; 0 is C's NULL."""
        try:
            self._data = _new_bytes(None, num_bytes)
        except MemoryError:  # an exception would leave C without an answer
            return 0
        address: int = _address_of_bytes(self._data)
        return address


def take_through_rclpy(subscription: Any) -> Sample | None:  # noqa: ANN401 - rclpy has no types
    """Take one message as the executors of rclpy do."""
    taken = subscription.handle.take_message(subscription.msg_type, True)  # noqa: FBT003 - rclpy's signature
    return sample_of(*taken) if taken is not None else None


def sample_of(data: bytes, info: dict[str, Any]) -> Sample:
    """Put together what rclpy tells about a message."""
    received_nanos = info.get('received_timestamp') or time.time_ns()
    publisher = info.get('publisher_gid')
    return Sample(
        data,
        info.get('source_timestamp') or received_nanos,
        received_nanos,
        info.get('publication_sequence_number') or None,
        publisher['data'] if publisher else None,
    )


def _load_rcl() -> ctypes.PyDLL:
    """Load the library that rclpy uses already."""
    return ctypes.PyDLL('librcl.dylib' if sys.platform == 'darwin' else 'librcl.so')
