"""The methods that put a new message into a chat."""

from dataclasses import dataclass
from typing import Any

from demo.chats import Chat, StoredMessage
from demo.errors import Json, bad_request
from demo.files import StoredFile, Upload, image_size
from demo.formatting import check_caption, check_text
from demo.keyboards import reply_markup
from demo.requests import BotRequest

MEGABYTE = 1024 * 1024
PHOTO_BYTES = 10 * MEGABYTE
DOCUMENT_BYTES = 50 * MEGABYTE
PHOTO_SIDES = 10_000
"""Width and height together, in pixels."""
PHOTO_RATIO = 20
"""The longer side is at most so many times the shorter one."""

ACTIONS = frozenset(
    {
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_voice",
        "upload_voice",
        "upload_document",
        "choose_sticker",
        "find_location",
        "record_video_note",
        "upload_video_note",
    }
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a new message goes."""

    chat: Chat
    thread_id: int | None
    reply_to: StoredMessage | None
    quote: Json | None


def send_message(request: BotRequest) -> Json:
    """``sendMessage``."""
    if not request.text("text"):
        raise bad_request("message text is empty")
    text = request.formatted("text", "entities")
    place = _place(request)
    check_text(text, "message is too long")
    return _send(request, place, text.fields() | link_preview(request, text.entities))


def send_photo(request: BotRequest) -> Json:
    """``sendPhoto``."""
    return _send_file(request, "photo")


def send_document(request: BotRequest) -> Json:
    """``sendDocument``."""
    return _send_file(request, "document")


def send_contact(request: BotRequest) -> Json:
    """``sendContact``."""
    names = ("phone_number", "first_name", "last_name", "vcard")
    for name in names[:2]:
        if not request.text(name):
            raise bad_request(f'parameter "{name}" is required')
    contact = {name: request.text(name) for name in names if request.text(name)}
    return _send(request, _place(request), {"contact": contact})


def send_chat_action(request: BotRequest) -> bool:
    """``sendChatAction``: seen for some seconds, no message."""
    chat = request.writable_chat()
    if request.text("action") not in ACTIONS:
        raise bad_request("wrong parameter action in request")
    _thread(chat, request.params.get("message_thread_id"))
    request.world.tell("chat_action", chat, action=request.text("action"))
    return True


def media(request: BotRequest, kind: str, value: Any) -> tuple[Json, StoredFile]:
    """A photo's or document's Message fields from an upload, ``attach://name`` or the id of a stored file."""
    upload = _upload(request, value)
    if upload is not None:
        _check_upload(upload, kind)
        file = request.world.files.add(kind, upload)
    elif not value:
        raise bad_request(f"there is no {kind} in the request")
    else:
        file = _stored(request, kind, str(value))
    return {kind: file.photo_sizes() if kind == "photo" else file.document()}, file


def link_preview(request: BotRequest, entities: list[Json]) -> Json:
    """The ``link_preview_options`` that Telegram shows: only where there is a link to preview."""
    options = request.params.get("link_preview_options")
    links = any(entity["type"] in {"url", "text_link"} for entity in entities)
    return {"link_preview_options": options} if options and (links or "url" in options) else {}


def _send_file(request: BotRequest, kind: str) -> Json:
    caption = request.formatted("caption", "caption_entities")
    place = _place(request)
    fields, file = media(request, kind, request.params.get(kind) or request.uploads.get(kind))
    check_caption(caption, "message caption is too long")
    fields |= caption.fields("caption", "caption_entities")
    if kind == "photo":
        fields |= {"has_media_spoiler": True} if request.flag("has_spoiler") else {}
        fields |= {"show_caption_above_media": True} if request.flag("show_caption_above_media") else {}
    return _send(request, place, fields, file=file)


def _send(request: BotRequest, place: Place, fields: Json, file: StoredFile | None = None) -> Json:
    markup = reply_markup(request.params.get("reply_markup"), place.chat)
    if request.flag("protect_content"):
        fields["has_protected_content"] = True
    if place.quote:
        fields["quote"] = place.quote
    message = request.world.post(
        place.chat,
        request.world.bot_user(),
        fields,
        reply_markup=markup,
        reply_to=place.reply_to,
        thread_id=place.thread_id,
        file=file,
    )
    request.deliver(place.chat, message)
    return message.as_json()


def _place(request: BotRequest) -> Place:
    request.check_possible()
    chat = request.writable_chat()
    thread_id = _thread(chat, request.params.get("message_thread_id"))
    parameters = request.params.get("reply_parameters") or {}
    if parameters.get("chat_id", chat.id) != chat.id:
        raise bad_request("replies across chats are not supported by the stand-in")
    replied = chat.message(parameters.get("message_id", 0))
    if parameters.get("message_id") and replied is None and not parameters.get("allow_sending_without_reply"):
        raise bad_request("message to be replied not found")
    if replied is not None:
        return Place(chat, replied.thread_id, replied, _quote(replied, parameters))
    return Place(chat, thread_id, chat.topics.get(thread_id or 0), None)


def _quote(replied: StoredMessage, parameters: Json) -> Json | None:
    quote = parameters.get("quote")
    if not quote:
        return None
    position = (replied.text or replied.caption or "").find(quote)
    if position < 0:
        raise bad_request("QUOTE_TEXT_INVALID")
    return {"text": quote, "position": position, "is_manual": True}


def _thread(chat: Chat, thread_id: int | None) -> int | None:
    if thread_id is not None and thread_id not in chat.topics:
        raise bad_request("message thread not found")
    return thread_id


def _upload(request: BotRequest, value: Any) -> Upload | None:
    if isinstance(value, Upload):
        return value
    if isinstance(value, str) and value.startswith("attach://"):
        return request.uploads.get(value.removeprefix("attach://"))
    return None


def _check_upload(upload: Upload, kind: str) -> None:
    if not upload.content:
        raise bad_request("file must be non-empty")
    if len(upload.content) > (PHOTO_BYTES if kind == "photo" else DOCUMENT_BYTES):
        raise bad_request(f"file of size {len(upload.content)} bytes is too big for a {kind}")
    if kind != "photo":
        return
    width, height = image_size(upload.content) or (0, 0)
    if not width or not height:
        raise bad_request("IMAGE_PROCESS_FAILED")
    if width + height > PHOTO_SIDES or max(width, height) > PHOTO_RATIO * min(width, height):
        raise bad_request("PHOTO_INVALID_DIMENSIONS")


def _stored(request: BotRequest, kind: str, file_id: str) -> StoredFile:
    if file_id.startswith(("http://", "https://")):
        raise bad_request("failed to get HTTP URL content")
    file = request.world.files.get(file_id)
    if file is None:
        raise bad_request("wrong remote file identifier specified: Wrong string length")
    if file.kind != kind:
        names = {"photo": "Photo", "document": "Document"}
        raise bad_request(f"can't use file of type {names.get(file.kind, file.kind)} as {names[kind]}")
    return file
