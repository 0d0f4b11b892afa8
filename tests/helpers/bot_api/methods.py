"""The methods that a bot calls, but for getUpdates; each gives its result or raises :class:`Refused`."""

from __future__ import annotations

import ipaddress
import json
import re
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from tests.helpers.bot_api import updates
from tests.helpers.bot_api.limits import (
    ACTIONS,
    Refused,
    check_commands,
    check_language,
    check_markup,
    check_text,
    units,
)
from tests.helpers.bot_api.records import Chat, Payload, Stored

if TYPE_CHECKING:
    from tests.helpers.bot_api.api import BotApi

NOT_MODIFIED = (
    "Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a "
    "current content and reply markup of the message"
)
TOO_OLD = "Bad Request: query is too old and response timeout expired or query ID is invalid"


def get_me(api: BotApi, params: Payload) -> Any:
    return {
        **api.bot,
        "can_join_groups": True,
        "can_read_all_group_messages": True,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
        "has_topics_enabled": False,
        "allows_users_to_create_topics": False,
        "can_manage_bots": False,
    }


# Messages


def chat_of(api: BotApi, params: Payload) -> Chat:
    """Finds the chat of a call, if the bot may write there."""
    given = params.get("chat_id")
    if given in (None, ""):
        raise Refused("Bad Request: chat_id is empty")
    chat = api.chats.get(given) if isinstance(given, int) else None
    if chat is None:
        raise Refused("Bad Request: chat not found")
    if chat.migrated_to is not None:
        upgraded = "Bad Request: group chat was upgraded to a supergroup chat"
        raise Refused(upgraded, migrate_to_chat_id=chat.migrated_to)
    if chat.closed is not None:
        raise Refused(chat.closed, 403)
    return chat


def _no_parse_mode(params: Payload) -> None:
    if params.get("parse_mode"):
        raise Refused("Not Implemented: the emulator parses no text; send entities", 501)
    options = params.get("link_preview_options")
    if options is not None and not isinstance(options, dict):
        raise Refused("Bad Request: can't parse link preview options")


def _all_entities(text: str, given: list[Payload]) -> list[Payload]:
    """Adds those that Telegram finds by itself."""
    found = [
        entity
        for entity in updates.entities_of(text)
        if all(
            entity["offset"] >= other["offset"] + other["length"]
            or other["offset"] >= entity["offset"] + entity["length"]
            for other in given
        )
    ]
    return sorted(given + found, key=lambda entity: (entity["offset"], -entity["length"]))


def send_message(api: BotApi, params: Payload) -> Any:
    chat = chat_of(api, params)
    _no_parse_mode(params)
    text, entities = check_text(params.get("text"), params.get("entities"))
    markup = check_markup(params.get("reply_markup"))
    thread = params.get("message_thread_id")
    if thread is not None and thread not in chat.threads:
        raise Refused("Bad Request: message thread not found")
    replied = _replied(chat, params)
    if thread is None and replied is not None and replied.payload.get("is_topic_message"):
        thread = replied.payload["message_thread_id"]
    message: Payload = {
        "message_id": next(chat.numbers),
        "from": api.bot,
        "chat": chat.payload,
        "date": int(time.time()),
        "text": text,
    }
    if thread is not None:
        message |= {"message_thread_id": thread, "is_topic_message": True, "reply_to_message": chat.threads[thread]}
    if replied is not None:
        message["reply_to_message"] = updates.quoted(replied.payload)
    if marked := _all_entities(text, entities):
        message["entities"] = marked
    if params.get("link_preview_options"):
        message["link_preview_options"] = params["link_preview_options"]
    if markup is not None and "inline_keyboard" in markup:
        message["reply_markup"] = markup
    chat.messages[message["message_id"]] = Stored(message, by_bot=True, given=params, at=time.monotonic())
    return message


def _replied(chat: Chat, params: Payload) -> Stored | None:
    reply = params.get("reply_parameters")
    if reply is None and params.get("reply_to_message_id") is not None:
        without = params.get("allow_sending_without_reply", False)
        reply = {"message_id": params["reply_to_message_id"], "allow_sending_without_reply": without}
    if reply is None:
        return None
    if not isinstance(reply, dict) or not isinstance(reply.get("message_id"), int):
        raise Refused("Bad Request: can't parse reply parameters")
    found = chat.messages.get(reply["message_id"])
    if found is None and not reply.get("allow_sending_without_reply"):
        raise Refused("Bad Request: message to be replied not found")
    return found


def _own(api: BotApi, params: Payload) -> Stored:
    chat = chat_of(api, params)
    if not isinstance(params.get("message_id"), int):
        raise Refused("Bad Request: message identifier is not specified")
    stored = chat.messages.get(params["message_id"])
    if stored is None:
        raise Refused("Bad Request: message to edit not found")
    if not stored.by_bot:
        raise Refused("Bad Request: message can't be edited")
    return stored


def _edited(stored: Stored, params: Payload, changes: Payload, markup: Payload | None) -> Payload:
    # What is edited without buttons has none any more.
    changing = (*changes, "reply_markup")
    new = {name: value for name, value in stored.payload.items() if name not in (*changing, "entities")}
    if "text" not in changes and "entities" in stored.payload:
        new["entities"] = stored.payload["entities"]
    new |= changes
    if markup is not None:
        new["reply_markup"] = markup
    if new == stored.payload:
        raise Refused(NOT_MODIFIED)
    stored.payload = {**new, "edit_date": int(time.time())}
    stored.edits += 1
    stored.given = {**stored.given, **params} if "text" not in changes else params
    return stored.payload


def edit_message_text(api: BotApi, params: Payload) -> Any:
    stored = _own(api, params)
    _no_parse_mode(params)
    text, entities = check_text(params.get("text"), params.get("entities"))
    markup = check_markup(params.get("reply_markup"), inline_only=True)
    marked = _all_entities(text, entities)
    return _edited(stored, params, {"text": text, **({"entities": marked} if marked else {})}, markup)


def edit_message_reply_markup(api: BotApi, params: Payload) -> Any:
    stored = _own(api, params)
    return _edited(stored, params, {}, check_markup(params.get("reply_markup"), inline_only=True))


def delete_message(api: BotApi, params: Payload) -> Any:
    chat = chat_of(api, params)
    stored = chat.messages.get(params.get("message_id", 0))
    if stored is None:
        raise Refused("Bad Request: message to delete not found")
    if not stored.by_bot and chat.payload["type"] != "private":
        raise Refused("Bad Request: message can't be deleted")
    del chat.messages[params["message_id"]]
    return True


def answer_callback_query(api: BotApi, params: Payload) -> Any:
    query = str(params.get("callback_query_id", ""))
    if query not in api.open_queries:
        raise Refused(TOO_OLD)
    if units(str(params.get("text") or "")) > 200:
        raise Refused("Bad Request: MESSAGE_TOO_LONG")
    api.open_queries.remove(query)
    api.answered_callbacks[query] = params
    return True


def send_chat_action(api: BotApi, params: Payload) -> Any:
    chat_of(api, params)
    if params.get("action") not in ACTIONS:
        raise Refused("Bad Request: wrong parameter action in request")
    return True


def get_chat(api: BotApi, params: Payload) -> Any:
    chat = chat_of(api, params)
    accepted = dict.fromkeys(
        ["unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels"], True
    )
    return {**chat.payload, "accent_color_id": 3, "max_reaction_count": 11, "accepted_gift_types": accepted}


def get_chat_member(api: BotApi, params: Payload) -> Any:
    chat, number = chat_of(api, params), params.get("user_id")
    if number == api.bot["id"]:
        return {"user": api.bot, "status": "member"}
    user = chat.people.get(number) if isinstance(number, int) else None
    if user is None:
        raise Refused("Bad Request: user not found")
    if number not in chat.administrators:
        return {"user": user, "status": "member"}
    return {"user": user, "status": "creator", "is_anonymous": False}


# What the bot says of itself


def _scope(params: Payload) -> tuple[str, str]:
    scope = params.get("scope") or {"type": "default"}
    if not isinstance(scope, dict) or "type" not in scope:
        raise Refused("Bad Request: can't parse BotCommandScope")
    return json.dumps(scope, sort_keys=True), check_language(params.get("language_code"))


def set_my_commands(api: BotApi, params: Payload) -> Any:
    commands = check_commands(params.get("commands"))
    api.commands[_scope(params)] = commands
    if not commands:
        del api.commands[_scope(params)]
    return True


def get_my_commands(api: BotApi, params: Payload) -> Any:
    return api.commands.get(_scope(params), [])


def delete_my_commands(api: BotApi, params: Payload) -> Any:
    api.commands.pop(_scope(params), None)
    return True


def _setter(name: str, most: int) -> Callable[[BotApi, Payload], Any]:
    def setter(api: BotApi, params: Payload) -> Any:
        text = str(params.get(name) or "")
        if units(text) > most:
            raise Refused(f"Bad Request: {name.replace('_', ' ')} is too long")
        api.profile[name, check_language(params.get("language_code"))] = text
        return True

    return setter


def _getter(name: str) -> Callable[[BotApi, Payload], Any]:
    def getter(api: BotApi, params: Payload) -> Any:
        default = api.bot["first_name"] if name == "name" else ""
        return {name: api.profile.get((name, check_language(params.get("language_code"))), "") or default}

    return getter


# Webhooks


def set_webhook(api: BotApi, params: Payload) -> Any:
    url = str(params.get("url") or "")
    if not url:
        return delete_webhook(api, params)
    _check_url(url)
    secret = params.get("secret_token")
    if secret is not None and not re.fullmatch("[A-Za-z0-9_-]{1,256}", str(secret)):
        raise Refused("Bad Request: secret token contains unallowed characters")
    most = params.get("max_connections") or 40
    if not isinstance(most, int) or not 1 <= most <= 100:
        raise Refused("Bad Request: max_connections must be between 1 and 100")
    api.set_webhook(url, None if secret is None else str(secret), most, params)
    return True


def _check_url(url: str) -> None:
    parts = urlsplit(url)
    if is_local(url):
        return
    if parts.scheme != "https" or not parts.hostname:
        raise Refused("Bad Request: bad webhook: An HTTPS URL must be provided for webhook")
    if (parts.port or 443) not in (80, 88, 443, 8443):
        raise Refused("Bad Request: bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")


def is_local(url: str) -> bool:
    """Says whether an address is on this machine."""
    host = urlsplit(url).hostname or ""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def delete_webhook(api: BotApi, params: Payload) -> Any:
    api.remove_webhook(params)
    return True


def get_webhook_info(api: BotApi, params: Payload) -> Any:
    webhook = api.webhook
    info: Payload = {
        "url": webhook.url if webhook else "",
        "has_custom_certificate": False,
        "pending_update_count": len(api.pending),
    }
    if webhook is not None:
        info |= {"max_connections": webhook.most, "ip_address": "127.0.0.1"}
        if webhook.last_error is not None:
            info |= {"last_error_date": webhook.last_error[0], "last_error_message": webhook.last_error[1]}
    if api.allowed_updates:
        info["allowed_updates"] = list(api.allowed_updates)
    return info


METHODS: dict[str, Callable[[BotApi, Payload], Any]] = {
    "getMe": get_me,
    "sendMessage": send_message,
    "editMessageText": edit_message_text,
    "editMessageReplyMarkup": edit_message_reply_markup,
    "deleteMessage": delete_message,
    "answerCallbackQuery": answer_callback_query,
    "sendChatAction": send_chat_action,
    "getChat": get_chat,
    "getChatMember": get_chat_member,
    "setMyCommands": set_my_commands,
    "getMyCommands": get_my_commands,
    "deleteMyCommands": delete_my_commands,
    "setMyDescription": _setter("description", 512),
    "getMyDescription": _getter("description"),
    "setMyShortDescription": _setter("short_description", 120),
    "getMyShortDescription": _getter("short_description"),
    "setMyName": _setter("name", 64),
    "getMyName": _getter("name"),
    "setWebhook": set_webhook,
    "deleteWebhook": delete_webhook,
    "getWebhookInfo": get_webhook_info,
}
# Telegram doesn't care for upper and lower case.
NAMES = {name.lower(): name for name in (*METHODS, "getUpdates")}
COUNTED_FOR_FLOOD = frozenset(["sendMessage", "editMessageText", "editMessageReplyMarkup"])
