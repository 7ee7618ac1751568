"""The least a Bolt app can do: post a fixed message for each mention. Run as a process by `events.py`.

Arguments: the port to listen on, the Web API's address, a JSON file with `text` and `blocks`.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient


def main() -> None:
    """Serve until ended."""
    port, api_url, payload_file = int(sys.argv[1]), sys.argv[2], Path(sys.argv[3])
    payload = json.loads(payload_file.read_text(encoding="utf-8"))
    client = AsyncWebClient(token="xoxb-local", base_url=api_url)
    app = AsyncApp(client=client, signing_secret="local-signing-secret")

    @app.event("app_mention")
    async def mentioned(event: dict[str, Any], client: AsyncWebClient) -> None:
        await client.chat_postMessage(
            channel=event["channel"], thread_ts=event["ts"], text=payload["text"], blocks=payload["blocks"]
        )

    @app.event("message")
    async def message() -> None:
        """The twin of each mention: acknowledged, nothing more."""

    app.start(port=port, host="127.0.0.1")


if __name__ == "__main__":
    main()
