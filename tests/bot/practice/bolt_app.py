"""A small Bolt app that shows every way of answering."""
# pyright: reportUnknownMemberType=false
# The decorators and calls of Bolt and slack_sdk are typed in part only.

import asyncio

from slack_bolt.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.respond.async_respond import AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from bot.practice.reading import Json, as_json, as_text
from tests.bot.practice.sample import actions, button, field, modal, option, section

CARD: list[Json] = [
    section("card", block_id="card"),
    actions(
        button("press", value="42"),
        button("replace"),
        button("form"),
        {"type": "static_select", "action_id": "pick", "options": [option("1"), option("2")]},
        block_id="acts",
    ),
]
FORM = modal(
    field("title", max_length=10),
    field("kind", "static_select", options=[option("1"), option("2")], initial_option=option("1")),
    field("many", "multi_users_select") | {"optional": True},
    field("found", "external_select") | {"optional": True},
    actions(button("deeper"), block_id="acts"),
    callback_id="form",
    notify_on_close=True,
    private_metadata="kept",
)


def small_app(base: str) -> AsyncApp:
    """The app, speaking with the practice server at `base`."""
    client = AsyncWebClient(token="xoxb-test", base_url=f"{base}/api/")
    app = AsyncApp(client=client, signing_secret="signing-secret", process_before_response=True)
    app.command("/demo")(_command)
    app.action("press")(_press)
    app.action("replace")(_replace)
    app.action("form")(_open)
    app.action("deeper")(_push)
    app.action("pick")(_quiet)
    app.shortcut("capture")(_open)
    app.shortcut("log")(_open)
    app.view("form")(_submit)
    app.view_closed("form")(_quiet)
    app.options("v")(_suggest)
    app.event("app_mention")(_mentioned)
    app.event("message")(_message)
    app.event("app_home_opened")(_home)
    return app


async def _call(client: AsyncWebClient, method: str, **arguments: object) -> None:
    """A call with JSON arguments: the typed methods of Slack's client are only partly typed."""
    await client.api_call(method, json=arguments)


async def _command(ack: AsyncAck, body: Json, client: AsyncWebClient, respond: AsyncRespond) -> None:
    match as_text(body["text"]).split()[:1]:
        case ["echo"]:
            await ack(response_type="ephemeral", text=as_text(body["text"]))
        case ["loud"]:
            await ack(response_type="in_channel", text="for all")
        case ["bad"]:
            await ack(response_type="ephemeral", text="x", blocks=[{"type": "sparkles"}])
        case ["never"]:
            await asyncio.Event().wait()
        case ["unheard"]:
            return
        case ["later"]:
            await ack()
            await respond(text="later", response_type="ephemeral")
        case ["form"]:
            await ack()
            await _call(client, "views.open", trigger_id=body["trigger_id"], view=FORM)
        case _:
            await ack()
            await _call(client, "chat.postMessage", channel=body["channel_id"], text="card", blocks=CARD)


async def _quiet(ack: AsyncAck) -> None:
    await ack()


async def _press(ack: AsyncAck, respond: AsyncRespond) -> None:
    await ack()
    await respond(text="pressed", response_type="ephemeral", replace_original=False)


async def _replace(ack: AsyncAck, respond: AsyncRespond) -> None:
    await ack()
    await respond(text="replaced", replace_original=True)


async def _open(ack: AsyncAck, body: Json, client: AsyncWebClient) -> None:
    await ack()
    await _call(client, "views.open", trigger_id=body["trigger_id"], view=FORM)


async def _push(ack: AsyncAck, body: Json, client: AsyncWebClient) -> None:
    await ack()
    await _call(client, "views.push", trigger_id=body["trigger_id"], view=FORM)


async def _submit(ack: AsyncAck, view: Json) -> None:
    values = as_json(as_json(view["state"])["values"])
    match as_text(as_json(as_json(values["title"])["v"])["value"]):
        case "wrong":
            await ack(response_action="errors", errors={"title": "not that"})
        case "nowhere":
            await ack(response_action="errors", errors={"lost": "not that"})
        case "update":
            await ack(response_action="update", view={**FORM, "callback_id": "updated"})
        case "push":
            await ack(response_action="push", view=FORM)
        case "clear":
            await ack(response_action="clear")
        case "invalid":
            await ack(response_action="update", view={**FORM, "blocks": [{"type": "sparkles"}]})
        case _:
            await ack()


async def _suggest(ack: AsyncAck, payload: Json) -> None:
    value = as_text(payload["value"])
    await ack(options=[option(value)] if value != "bad" else [{"text": "bad"}])


async def _mentioned(event: Json, client: AsyncWebClient) -> None:
    thread_ts = as_text(event.get("thread_ts") or event["ts"])
    await _call(client, "chat.postMessage", channel=event["channel"], thread_ts=thread_ts, text="yes?")


async def _message(event: Json, client: AsyncWebClient) -> None:
    await _call(client, "chat.postMessage", channel=event["channel"], text=f"heard {event['text']}")


async def _home(event: Json, client: AsyncWebClient) -> None:
    view: Json = {"type": "home", "blocks": CARD}
    await _call(client, "views.publish", user_id=event["user"], view=view)
