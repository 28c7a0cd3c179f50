# SPDX-License-Identifier: Apache-2.0
"""Frames and headers of gRPC-web; browsers are in the system tests."""

from __future__ import annotations

from http.client import HTTPConnection
import struct
from typing import TYPE_CHECKING
from urllib.parse import unquote

from hypothesis import given
from hypothesis.strategies import binary, dictionaries, sampled_from, text
import pytest

from rerun_bridge.log_encoding import grpc_message, LogMsg, MessageKind, set_store_info
from rerun_bridge.log_encoding.protobuf import fields
from rerun_bridge.sinks.server.grpc_web import (
    CONTENT_TYPE,
    cors_headers,
    frame,
    preflight_headers,
    problem_of,
    READ_MESSAGES_PATH,
    response_headers,
    trailer,
)
from test.unit.samples import blob_rows, message_of, new_id, STORE

if TYPE_CHECKING:
    from test.official import Official

EMPTY = bytes(5)
INVALID_ARGUMENT, UNIMPLEMENTED = 3, 12


def test_a_message_is_one_frame() -> None:
    message = LogMsg(MessageKind.ARROW_MSG, STORE, [b'ab', b'cde'])
    expected = b'\0' + b'\0\0\0\x09' + b'\x0a\x07' + b'\x12\x05' + b'abcde'
    assert b''.join(frame(message)) == expected


def test_a_big_message_is_not_copied() -> None:
    message = message_of(blob_rows(bytes(30 << 20)))
    head, *others = frame(message)
    assert len(head) < 100
    assert all(sent is own for sent, own in zip(others, message.pieces, strict=True))
    assert struct.unpack_from('>BI', head) == (0, len(head) - 5 + message.num_bytes)


def test_a_frame_holds_what_grpc_sends() -> None:
    message = set_store_info(STORE, new_id())
    content = b''.join(frame(message))[5:]
    assert content == grpc_message(message)
    ((number, log_msg),) = fields(content)
    assert isinstance(log_msg, memoryview)
    ((kind, payload),) = fields(log_msg)
    assert isinstance(payload, memoryview)
    assert (number, kind) == (1, MessageKind.SET_STORE_INFO)
    assert bytes(payload) == b''.join(message.pieces)


def test_trailers_end_an_answer() -> None:
    assert trailer(0) == b'\x80\0\0\0\x0fgrpc-status:0\r\n'
    lines = b'grpc-status:13\r\ngrpc-message:50%25 l%C3%B6st%0A\r\n'
    assert trailer(13, '50% löst\n') == struct.pack('>BI', 0x80, len(lines)) + lines


@pytest.mark.parametrize(
    'content_type',
    [CONTENT_TYPE, 'application/grpc-web', 'Application/gRPC-Web+proto; charset=utf-8'],
)
def test_reading_is_answered(content_type: str) -> None:
    assert problem_of(READ_MESSAGES_PATH, {'content-type': content_type}, EMPTY) is None
    with_content = b'\0\0\0\0\x02\x08\x01'
    assert problem_of(READ_MESSAGES_PATH, {'content-type': content_type}, with_content) is None
    assert response_headers()[0] == ('content-type', CONTENT_TYPE)


@pytest.mark.parametrize(
    ('path', 'content_type', 'body', 'status', 'words'),
    [
        (READ_MESSAGES_PATH, 'application/grpc-web-text', b'AAAAAAA=', UNIMPLEMENTED, '-text'),
        (READ_MESSAGES_PATH, 'application/json', b'{}', UNIMPLEMENTED, CONTENT_TYPE),
        (READ_MESSAGES_PATH, '', EMPTY, UNIMPLEMENTED, 'no content-type'),
        (READ_MESSAGES_PATH[:-1], CONTENT_TYPE, EMPTY, UNIMPLEMENTED, 'only shows data'),
        ('/', CONTENT_TYPE, EMPTY, UNIMPLEMENTED, 'ReadMessages'),
        (READ_MESSAGES_PATH, CONTENT_TYPE, b'', INVALID_ARGUMENT, '0 bytes'),
        (READ_MESSAGES_PATH, CONTENT_TYPE, EMPTY[1:], INVALID_ARGUMENT, '4 bytes'),
        (READ_MESSAGES_PATH, CONTENT_TYPE, EMPTY + b'x', INVALID_ARGUMENT, 'claims 0'),
        (READ_MESSAGES_PATH, CONTENT_TYPE, b'\0\xff\xff\xff\xff', INVALID_ARGUMENT, '4294967295'),
        (READ_MESSAGES_PATH, CONTENT_TYPE, b'\x01\0\0\0\0', UNIMPLEMENTED, 'compressed'),
        (READ_MESSAGES_PATH, CONTENT_TYPE, b'\x80\0\0\0\0', INVALID_ARGUMENT, '0x80'),
    ],
)
def test_everything_else_is_refused(
    path: str, content_type: str, body: bytes, status: int, words: str
) -> None:
    headers = {'content-type': content_type} if content_type else {}
    problem = problem_of(path, headers, body)
    assert problem is not None
    assert problem.status == status
    assert words in problem.text
    answer = dict(response_headers(problem))
    assert (answer['content-type'], answer['grpc-status']) == (CONTENT_TYPE, str(status))
    assert unquote(answer['grpc-message']) == problem.text


@given(
    path=sampled_from([READ_MESSAGES_PATH, '/x']) | text(max_size=20),
    headers=dictionaries(
        sampled_from(['content-type']), sampled_from([CONTENT_TYPE]) | text(max_size=30)
    ),
    body=binary(max_size=20),
)
def test_no_request_breaks_it(path: str, headers: dict[str, str], body: bytes) -> None:
    problem = problem_of(path, headers, body)
    is_whole = len(body) >= 5 and struct.unpack_from('>BI', body) == (0, len(body) - 5)
    assert problem is not None or (path == READ_MESSAGES_PATH and is_whole)
    for name, value in response_headers(problem):
        assert (name + value).isascii()
        assert (name + value).isprintable()


def test_pages_elsewhere_may_read_what_went_wrong() -> None:
    headers = dict(cors_headers({'origin': 'http://localhost:9090'}))
    assert headers['access-control-allow-origin'] == 'http://localhost:9090'
    assert headers['access-control-expose-headers'] == 'grpc-status, grpc-message'
    assert 'access-control-allow-origin' not in dict(cors_headers({}))
    assert set(dict(preflight_headers({}))) == {'vary', 'access-control-allow-credentials'}


@pytest.mark.conformance
@pytest.mark.parametrize('asks_for_headers', [True, False])
def test_preflights_are_answered_as_the_official_server_does(
    official: Official, free_port: int, *, asks_for_headers: bool
) -> None:
    asked = {
        'origin': 'http://localhost:9090',
        'access-control-request-method': 'POST',
        **({'access-control-request-headers': 'content-type,x-grpc'} if asks_for_headers else {}),
    }
    with official.serving(free_port, '--serve-grpc'):
        connection = HTTPConnection('127.0.0.1', free_port, timeout=10)
        connection.request('OPTIONS', READ_MESSAGES_PATH, headers=asked)
        answer = connection.getresponse()
        theirs = {name.lower(): value for name, value in answer.getheaders()}
        connection.close()
    ours = dict(preflight_headers(asked))
    del ours['access-control-expose-headers']
    assert (answer.status, ours) == (200, {name: theirs.get(name) for name in ours})
    assert theirs.keys() - ours.keys() <= {'content-length', 'date'}
