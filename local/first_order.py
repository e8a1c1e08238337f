"""The first order of `make local`: sent, followed to its webhook, and checked at each step."""

from __future__ import annotations

from infra.settings import RedeliverySettings
from local.journey import Journey, NotDeliveredError, PostedOrder, wait_for_own_receiver
from local.laptop import Laptop
from local.laptop_options import ALWAYS
from local.screen import Screen
from ops.money import money
from receiver.hooks import FailurePlan


def send_first_order(laptop: Laptop, screen: Screen, *, once: bool) -> bool:
    """Send an order, show each step, and return whether its event arrived at the first webhook.

    With `once` the delivery is waited for even where every attempt fails, and the client's own receivers must
    have the event as well.
    """
    options = laptop.options
    always = options.fail_times == ALWAYS
    if options.fail_times:
        plan = FailurePlan(status=options.fail_status, times=None if always else options.fail_times)
        laptop.receiver.hook(options.first_hook).plan(plan)
    journey = Journey(laptop.emulator, laptop.outputs, options.first_client)
    with screen.step("Order", "posting") as step:
        posted = journey.post_order()
        step.done(f"202 in {posted.milliseconds:.0f} ms, request ID {posted.request_id}")
    with screen.step("Workflow", "waiting until it ends") as step:
        order = journey.wait_for_outcome(posted)
        amount = money(order["total_amount"], order["currency"])
        step.done(f"{' → '.join(journey.states(posted))}\n{amount}, {order['status']}")
    if always and not once:
        screen.warn("Webhook", f"the receiver answers {options.fail_status} to every delivery")
        return False
    with screen.step("Webhook", "waiting for the delivery") as step:
        try:
            delivery = journey.wait_for_webhook(
                posted,
                order,
                hook=laptop.receiver.hook(options.first_hook),
                url=laptop.receiver.hook_url(options.first_hook),
                attempts=laptop.attempts,
                speed=options.speed,
                redelivery_seconds=_redelivery_seconds(options.speed, always=always),
            )
        except NotDeliveredError as error:
            step.warn(str(error))
            return False
        step.done(f"{delivery.event_type} delivered by attempt {delivery.number}; its signature is verified")
    return not once or all(_is_taken(laptop, screen, posted, own.url) for own in options.own_webhooks)


def _is_taken(laptop: Laptop, screen: Screen, posted: PostedOrder, url: str) -> bool:
    """Wait until a receiver of the user's has the event; show and return whether it has."""
    with screen.step("Webhook", f"waiting for the delivery to {url}") as step:
        try:
            attempt = wait_for_own_receiver(posted.request_id, url.partition("?")[0], laptop.attempts)
        except NotDeliveredError as error:
            step.warn(f"{url}: {error}")
            return False
        step.done(f"{attempt.event_type} delivered to {url} by attempt {attempt.number}")
        return True


def _redelivery_seconds(speed: float, *, always: bool) -> float | None:
    """Return how long it takes until an event is sent again, None where that will fail as well."""
    return None if always else RedeliverySettings().delays_seconds[0] / speed
