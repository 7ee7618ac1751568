"""The manifest asks for exactly what the bot uses, in a form that Slack takes."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import jsonschema
import pytest
import yaml

from bot.slack.action_ids import COMMAND, SHORTCUT
from bot.slack.scopes import EVENTS, METHODS, OPTIONAL, REQUIRED

ROOT = Path(__file__).parents[3]
MANIFEST: dict[str, Any] = yaml.safe_load((ROOT / "deploy" / "slack" / "manifest.yaml").read_text(encoding="utf-8"))
PUBLISHED = "https://raw.githubusercontent.com/slackapi/manifest-schema/main/schemas/manifest.schema.2.0.0.json"


def text(longest: int, shortest: int = 1) -> dict[str, Any]:
    """Describe a text by its length."""
    return {"type": "string", "minLength": shortest, "maxLength": longest}


def only(properties: dict[str, Any], required: tuple[str, ...] = ()) -> dict[str, Any]:
    """Describe an object that holds nothing else."""
    return {"type": "object", "properties": properties, "required": list(required), "additionalProperties": False}


def some(items: dict[str, Any], most: int) -> dict[str, Any]:
    """Describe a list without doubles."""
    return {"type": "array", "items": items, "maxItems": most, "uniqueItems": True}


YES_NO = {"type": "boolean"}
# Slack's published rules for the parts that we use, in our own words; the published schema itself is asked by the live
# test below. Source: docs.slack.dev/reference/app-manifest (fields and their limits).
RULES = only(
    {
        "_metadata": only({"major_version": {"const": 2}}),
        "display_information": only(
            {
                "name": text(35),
                "description": text(140),
                "long_description": text(4000, 175),
                "background_color": {"type": "string", "pattern": "^#([0-9a-fA-F]{3}){1,2}$"},
            },
            ("name",),
        ),
        "features": only(
            {
                "app_home": only(
                    {
                        "home_tab_enabled": YES_NO,
                        "messages_tab_enabled": YES_NO,
                        "messages_tab_read_only_enabled": YES_NO,
                    }
                ),
                "agent_view": only(
                    {
                        "agent_description": text(300),
                        "suggested_prompts": some(
                            only({"title": text(75), "message": text(2000)}, ("title", "message")), 4
                        ),
                    }
                ),
                "bot_user": only({"display_name": text(80), "always_online": YES_NO}, ("display_name",)),
                "shortcuts": some(
                    only(
                        {
                            "name": text(24),
                            "type": {"enum": ["message", "global"]},
                            "callback_id": text(255),
                            "description": text(150),
                        },
                        ("name", "type", "callback_id", "description"),
                    ),
                    10,
                ),
                "slash_commands": some(
                    only(
                        {
                            "command": {**text(32, 2), "pattern": "^/"},
                            "description": text(2000),
                            "usage_hint": text(1000),
                            "should_escape": YES_NO,
                        },
                        ("command", "description"),
                    ),
                    50,
                ),
            }
        ),
        "oauth_config": only({"scopes": only({"bot": some(text(50), 255), "bot_optional": some(text(50), 255)})}),
        "settings": only(
            {
                "event_subscriptions": only({"bot_events": some(text(50), 100)}),
                "interactivity": only({"is_enabled": YES_NO}, ("is_enabled",)),
                "org_deploy_enabled": YES_NO,
                "socket_mode_enabled": YES_NO,
                "token_rotation_enabled": YES_NO,
            }
        ),
    },
    ("display_information",),
)


def problems(manifest: dict[str, Any], schema: dict[str, Any]) -> list[str]:
    """List what a schema has against a manifest."""
    return [error.message for error in jsonschema.Draft7Validator(schema).iter_errors(manifest)]


def test_slack_takes_the_manifest() -> None:
    """Every field exists and keeps its limit."""
    assert problems(MANIFEST, RULES) == []


def test_the_rules_refuse_what_slack_refuses() -> None:
    """The check can fail: a command without slash, too long a name, an unknown key."""
    bad = json.loads(json.dumps(MANIFEST))
    bad["features"]["slash_commands"][0]["command"] = "mailports"
    bad["features"]["shortcuts"][0]["name"] = "x" * 25
    bad["settings"]["unknown"] = True

    assert len(problems(bad, RULES)) == 3


@pytest.mark.live
def test_slacks_published_schema_takes_the_manifest() -> None:
    """Slack's own schema has nothing against it."""
    with urlopen(PUBLISHED, timeout=20) as answer:
        published = json.load(answer)

    assert problems(MANIFEST, published) == []


def test_scopes_are_those_that_the_code_names() -> None:
    """No scope too many and none too few, the optional ones marked."""
    scopes = MANIFEST["oauth_config"]["scopes"]

    assert sorted(scopes["bot"]) == sorted((*REQUIRED, *OPTIONAL))
    assert sorted(scopes["bot_optional"]) == sorted(OPTIONAL)


def test_every_scope_is_needed_by_an_event_or_a_method() -> None:
    """A scope that nothing needs would be asked of every administrator for nothing."""
    needed = {scope for scope in (*EVENTS.values(), *METHODS.values()) if scope}
    # The command and the shortcut need theirs; private channels need the twins of the public ones.
    needed |= {"commands", "groups:read"}

    assert needed == {*REQUIRED, *OPTIONAL}


def test_events_are_those_that_the_listeners_take() -> None:
    """Each event we subscribe to has a listener, and each listener its event."""
    assert sorted(MANIFEST["settings"]["event_subscriptions"]["bot_events"]) == sorted(EVENTS)
    listened = {name for name in registered("event") if name is not None}

    assert listened == {name.partition(".")[0] for name in EVENTS}


def test_command_and_shortcut_are_those_of_the_listeners() -> None:
    """What Slack offers reaches a listener."""
    features = MANIFEST["features"]

    assert [command["command"] for command in features["slash_commands"]] == [COMMAND]
    assert [(shortcut["type"], shortcut["callback_id"]) for shortcut in features["shortcuts"]] == [
        ("message", SHORTCUT)
    ]
    assert len(list(registered("command"))) == 1
    assert len(list(registered("message_shortcut"))) == 1


def test_no_method_is_called_that_is_not_listed() -> None:
    """The list of methods, which the scopes rest on, is complete."""
    called = set(re.findall(r'"((?:chat|views|users|conversations|assistant\.threads)\.[a-zA-Z]+)"', source()))
    called.add("auth.test")

    assert called == set(METHODS)


def source() -> str:
    """Return the source of the Slack surface, but for the list itself."""
    files = (ROOT / "bot" / "slack").rglob("*.py")
    return "\n".join(path.read_text(encoding="utf-8") for path in files if path.name != "scopes.py")


def registered(kind: str) -> Iterator[str | None]:
    """Iterate over what is registered by `app.<kind>(…)`, patterns by their words; None for a constant of the code."""
    for path in (ROOT / "bot" / "slack").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and node.args and ast.unparse(node.func) == f"app.{kind}":
                yield from names_in(node.args[0])


def names_in(argument: ast.expr) -> Iterator[str | None]:
    """Iterate over the names that an argument stands for."""
    if isinstance(argument, ast.Call) and argument.args:
        argument = argument.args[0]  # re.compile("…")
        if isinstance(argument, ast.Constant):
            yield from re.findall(r"[a-z_]+", str(argument.value))
    elif isinstance(argument, ast.Constant):
        yield str(argument.value)
    else:
        yield None
