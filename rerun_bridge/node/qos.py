# SPDX-License-Identifier: Apache-2.0
"""
Which quality of service to subscribe with; values only, no ROS.

A reliable subscription hears no best-effort publisher, and a transient-local (latched) one hears
no volatile publisher. A volatile one hears all, but gets no history. So a subscription asks for
as much as all publishers offer, and where latched and volatile publishers share a topic there
are two of them, whose common messages are recognised.
"""

from __future__ import annotations

from typing import NamedTuple, TYPE_CHECKING

from rerun_bridge.converters.options import KINDS
from rerun_bridge.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

HEAVY_TYPES = frozenset(
    (
        *KINDS['images'],
        *KINDS['compressed images'],
        *KINDS['clouds'],
        'stereo_msgs/msg/DisparityImage',
    )
)
"""Big messages of which the latest matters most."""
DEFAULT_DEPTH = 1000
HEAVY_DEPTH = 10
POLICIES: Mapping[str, tuple[str, ...]] = {
    'reliability': ('reliable', 'best_effort', 'system_default'),
    'durability': ('volatile', 'transient_local', 'system_default'),
    'history': ('keep_last', 'keep_all', 'system_default'),
}
"""What `qos_overrides.<topic>.subscription.*` takes, beside an integer `depth`."""


class PublisherQos(NamedTuple):
    """What one publisher offers."""

    is_reliable: bool = True
    is_latched: bool = False

    def __str__(self) -> str:
        """Name both in ROS's words."""
        return _words(is_reliable=self.is_reliable, is_latched=self.is_latched)


class SubscriptionQos(NamedTuple):
    """What one subscription asks for."""

    is_reliable: bool = True
    is_latched: bool = False
    depth: int = DEFAULT_DEPTH
    keeps_all: bool = False

    def __str__(self) -> str:
        """Name all in ROS's words."""
        history = 'keep all' if self.keeps_all else f'keep last {self.depth}'
        return f'{_words(is_reliable=self.is_reliable, is_latched=self.is_latched)}, {history}'


def default_depth(type_name: str) -> int:
    """
    Return how many messages a subscription keeps in the middleware.

    Parameters
    ----------
    type_name
        ``pkg/msg/Type``.

    Returns
    -------
    int
        Few where messages are big; otherwise enough for a second at 1 kHz, and for the latched
        transforms of a hundred publishers.

    """
    return HEAVY_DEPTH if type_name in HEAVY_TYPES else DEFAULT_DEPTH


def choose_subscriptions(
    publishers: Iterable[PublisherQos],
    *,
    depth: int,
    overrides: Mapping[str, str | int] | None = None,
) -> tuple[SubscriptionQos, ...]:
    """
    Choose what to subscribe with so that every publisher is heard.

    Parameters
    ----------
    publishers
        What all publishers of the topic offer.
    depth
        How many messages to keep.
    overrides
        Policies that the user decided, as `check_overrides` returned them.

    Returns
    -------
    tuple of SubscriptionQos
        One, or two if latched and volatile publishers share the topic; none without publishers.

    """
    offers = sorted(set(publishers))
    if not offers:
        return ()
    latched = [offer for offer in offers if offer.is_latched]
    groups = [(offers, len(latched) == len(offers))]
    if latched and len(latched) < len(offers):
        groups.append((latched, True))
    chosen = [
        SubscriptionQos(all(offer.is_reliable for offer in group), is_latched, depth)
        for group, is_latched in groups
    ]
    return tuple(dict.fromkeys(_overridden(qos, overrides or {}) for qos in chosen))


def unheard(
    subscriptions: Iterable[SubscriptionQos], publishers: Iterable[PublisherQos]
) -> list[PublisherQos]:
    """
    Find the publishers that no subscription can hear.

    Parameters
    ----------
    subscriptions
        What is asked for.
    publishers
        What is offered.

    Returns
    -------
    list of PublisherQos
        Offers that are too low for every subscription; possible with overrides alone.

    """
    asked = tuple(subscriptions)
    return [
        offer
        for offer in dict.fromkeys(publishers)
        if not any(
            offer.is_reliable >= qos.is_reliable and offer.is_latched >= qos.is_latched
            for qos in asked
        )
    ]


def check_overrides(overrides: Mapping[str, object]) -> dict[str, str | int]:
    """
    Check what the user set for one topic.

    Parameters
    ----------
    overrides
        Values by policy, what follows `qos_overrides.<topic>.subscription.`.

    Returns
    -------
    dict
        The same.

    Raises
    ------
    ParameterError
        If a policy is not supported or its value unknown.

    """
    checked: dict[str, str | int] = {}
    for policy, value in overrides.items():
        if policy == 'depth':
            if not isinstance(value, int) or isinstance(value, bool) or value < 1:
                msg = f'depth must be an integer of at least 1, not {value!r}'
                raise ParameterError(msg)
            checked[policy] = value
        elif policy not in POLICIES:
            msg = f'unknown policy {policy!r}; use depth, {", ".join(POLICIES)}'
            raise ParameterError(msg)
        elif not isinstance(value, str) or value.lower() not in POLICIES[policy]:
            msg = f'{policy} must be one of {", ".join(POLICIES[policy])}, not {value!r}'
            raise ParameterError(msg)
        else:
            checked[policy] = value.lower()
    return checked


def _overridden(qos: SubscriptionQos, overrides: Mapping[str, str | int]) -> SubscriptionQos:
    chosen = {name: value for name, value in overrides.items() if value != 'system_default'}
    return SubscriptionQos(
        chosen.get('reliability', 'reliable' if qos.is_reliable else '') == 'reliable',
        chosen.get('durability', 'transient_local' if qos.is_latched else '') == 'transient_local',
        int(chosen.get('depth', qos.depth)),
        chosen.get('history') == 'keep_all',
    )


def _words(*, is_reliable: bool, is_latched: bool) -> str:
    reliability = 'reliable' if is_reliable else 'best effort'
    return f'{reliability}, {"transient local" if is_latched else "volatile"}'
