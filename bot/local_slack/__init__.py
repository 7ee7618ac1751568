"""A Slack on this machine: for the demo, the tests, the load runs and the bench.

It keeps the state of one small workspace, answers the Web API, sends signed events over HTTP or through Socket Mode
with Slack's time limits and retries, refuses what Slack refuses, and fails on demand. It does not know our bot: any
app that speaks to Slack can be pointed at it.

    async with LocalSlack() as slack:
        slack.deliver_to("http://127.0.0.1:3000/slack/events")
        asked = await slack.say("tanaka", "helpdesk", "<@U0MAILPORT> 587?")
        answer = await slack.wait_for_reply("helpdesk", asked.ts)
"""

from bot.local_slack.acting import Deed, as_typed
from bot.local_slack.block_kit import Problem, check_blocks
from bot.local_slack.delivery import Attempt, Delivery, sign
from bot.local_slack.faults import DeliveryFaults, Fault, Faults
from bot.local_slack.interactions import NoSuchElementError, interactive_elements
from bot.local_slack.page_api import Command, Shortcut
from bot.local_slack.slack import DEFAULT_SCOPES, LocalSlack
from bot.local_slack.state import Channel, Message, UnknownNameError, User
from bot.local_slack.views import View
from bot.local_slack.web_api import Call

__all__ = [
    "DEFAULT_SCOPES",
    "Attempt",
    "Call",
    "Channel",
    "Command",
    "Deed",
    "Delivery",
    "DeliveryFaults",
    "Fault",
    "Faults",
    "LocalSlack",
    "Message",
    "NoSuchElementError",
    "Problem",
    "Shortcut",
    "UnknownNameError",
    "User",
    "View",
    "as_typed",
    "check_blocks",
    "interactive_elements",
    "sign",
]
