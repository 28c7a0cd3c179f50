# SPDX-License-Identifier: Apache-2.0
"""A subscription asks for as much as all publishers offer, and hears all of them."""

from __future__ import annotations

from itertools import combinations_with_replacement, product

import pytest

from rerun_bridge.errors import ParameterError
from rerun_bridge.node.qos import (
    check_overrides,
    choose_subscriptions,
    default_depth,
    PublisherQos,
    SubscriptionQos,
    unheard,
)

OFFERS = [PublisherQos(*pair) for pair in product((True, False), repeat=2)]
RELIABLE, LATCHED = PublisherQos(), PublisherQos(is_latched=True)
BEST_EFFORT = PublisherQos(is_reliable=False)


def choose(*offers: PublisherQos, **overrides: str | int) -> tuple[SubscriptionQos, ...]:
    return choose_subscriptions(offers, depth=7, overrides=overrides)


@pytest.mark.parametrize(
    ('offers', 'expected'),
    [
        ([], ()),
        ([RELIABLE], (SubscriptionQos(depth=7),)),
        ([BEST_EFFORT], (SubscriptionQos(is_reliable=False, depth=7),)),
        ([LATCHED], (SubscriptionQos(is_latched=True, depth=7),)),
        ([LATCHED, LATCHED], (SubscriptionQos(is_latched=True, depth=7),)),
        ([RELIABLE, BEST_EFFORT], (SubscriptionQos(is_reliable=False, depth=7),)),
        (
            [RELIABLE, LATCHED],
            (SubscriptionQos(depth=7), SubscriptionQos(is_latched=True, depth=7)),
        ),
        (
            [BEST_EFFORT, LATCHED],
            (
                SubscriptionQos(is_reliable=False, depth=7),
                SubscriptionQos(is_latched=True, depth=7),
            ),
        ),
    ],
)
def test_the_choice(offers: list[PublisherQos], expected: tuple[SubscriptionQos, ...]) -> None:
    assert choose(*offers) == expected


@pytest.mark.parametrize('number', [1, 2, 3])
def test_every_publisher_is_heard_and_every_latched_one_with_its_history(number: int) -> None:
    for offers in combinations_with_replacement(OFFERS, number):
        chosen = choose(*offers)
        assert not unheard(chosen, offers)
        latched = [offer for offer in offers if offer.is_latched]
        assert not unheard([qos for qos in chosen if qos.is_latched], latched)


def test_overrides_win() -> None:
    chosen = choose(LATCHED, RELIABLE, reliability='best_effort', durability='volatile', depth=3)
    assert chosen == (SubscriptionQos(is_reliable=False, depth=3),)
    assert choose(RELIABLE, history='keep_all')[0].keeps_all
    assert choose(BEST_EFFORT, reliability='system_default') == choose(BEST_EFFORT)


def test_a_publisher_that_an_override_excludes_is_found() -> None:
    offers = [RELIABLE, BEST_EFFORT, BEST_EFFORT]
    assert unheard(choose(*offers, reliability='reliable'), offers) == [BEST_EFFORT]
    assert unheard(choose(RELIABLE, durability='transient_local'), [RELIABLE]) == [RELIABLE]


def test_texts_are_in_the_words_of_ros() -> None:
    assert str(BEST_EFFORT) == 'best effort, volatile'
    assert str(SubscriptionQos(is_latched=True)) == 'reliable, transient local, keep last 1000'
    assert str(SubscriptionQos(keeps_all=True)).endswith('keep all')


def test_depths_hold_a_second_of_small_messages_and_few_big_ones() -> None:
    assert default_depth('sensor_msgs/msg/Imu') >= 1000
    assert default_depth('tf2_msgs/msg/TFMessage') >= 100
    assert default_depth('sensor_msgs/msg/Image') == default_depth('sensor_msgs/msg/PointCloud2')
    assert default_depth('sensor_msgs/msg/Image') <= 20
    assert default_depth('foxglove_msgs/msg/PointCloud') <= 20


@pytest.mark.parametrize(
    ('given', 'message'),
    [
        ({'reliability': 'relyable'}, 'must be one of reliable, best_effort'),
        ({'depth': 0}, 'at least 1'),
        ({'depth': True}, 'must be an integer'),
        ({'depht': 5}, "unknown policy 'depht'"),
        ({'durability': 3}, 'must be one of'),
    ],
)
def test_bad_overrides_are_refused(given: dict[str, object], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        check_overrides(given)


def test_good_overrides_are_taken_in_any_case() -> None:
    given = {'reliability': 'BEST_EFFORT', 'depth': 5, 'history': 'keep_last'}
    assert check_overrides(given) == {**given, 'reliability': 'best_effort'}
