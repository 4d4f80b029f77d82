"""The ways in which a call may come: GET and POST, JSON, forms, multipart with files; and downloads."""

import json
from io import BytesIO
from typing import Any

import aiohttp
import pytest

from demo import Person, StandIn, World
from demo.files import plain_png
from tests.standin.api import Api, Clock

HUGE = plain_png(1, 1, (0, 0, 0)) + bytes(10 * 1024 * 1024)

MARKUP = {"inline_keyboard": [[{"text": "A", "callback_data": "a"}]]}


async def send(stand_in: StandIn, api: Api, verb: str, method: str = "sendMessage", **request: Any) -> Any:
    url = f"{stand_in.url}/bot{stand_in.token}/{method}"
    async with api.session.request(verb, url, **request) as response:
        return await response.json()


@pytest.mark.parametrize("way", ["query", "form", "json", "multipart", "query and form"])
async def test_parameters_come_in_every_way_that_telegram_takes(
    stand_in: StandIn, api: Api, ann: Person, way: str
) -> None:
    fields = {"chat_id": str(ann.id), "text": "x", "reply_markup": json.dumps(MARKUP), "disable_notification": "true"}
    parts = aiohttp.FormData(fields, default_to_multipart=True)
    half = {key: fields.pop(key) for key in ("chat_id", "text")} if way == "query and form" else {}
    ways: dict[str, dict[str, Any]] = {
        "query": {"params": fields},
        "form": {"data": fields},
        "json": {"json": fields},
        "multipart": {"data": parts},
        "query and form": {"params": half, "data": fields},
    }
    answer = await send(stand_in, api, "GET" if way == "query" else "POST", **ways[way])
    assert answer["result"]["text"] == "x"
    assert answer["result"]["reply_markup"] == MARKUP
    assert stand_in.world.calls[-1].params["disable_notification"] is True


async def test_the_case_of_a_methods_name_does_not_matter(stand_in: StandIn, api: Api) -> None:
    assert (await send(stand_in, api, "GET", "GETME"))["result"]["id"] == 1000001


async def test_a_body_that_is_no_json_is_refused(stand_in: StandIn, api: Api) -> None:
    for body, complaint in (("{", "can't parse JSON object"), ("[]", "object expected as the request's JSON")):
        answer = await send(stand_in, api, "POST", data=body, headers={"Content-Type": "application/json"})
        assert answer["description"] == f"Bad Request: {complaint}"


@pytest.mark.parametrize("attached", [True, False])
async def test_an_uploaded_document_can_be_downloaded_again(
    stand_in: StandIn, api: Api, ann: Person, attached: bool
) -> None:
    form = aiohttp.FormData({"chat_id": str(ann.id), "caption": "<b>data</b>", "parse_mode": "HTML"})
    if attached:
        form.add_field("document", "attach://part")
    form.add_field("part" if attached else "document", b"{}", filename="my_data.json")
    sent = (await send(stand_in, api, "POST", "sendDocument", data=form))["result"]
    assert sent["document"]["file_name"] == "my_data.json"
    assert sent["document"]["mime_type"] == "application/json"
    assert sent["caption_entities"] == [{"type": "bold", "offset": 0, "length": 4}]
    file = await api.ok("getFile", file_id=sent["document"]["file_id"])
    async with api.session.get(f"{stand_in.url}/file/bot{stand_in.token}/{file['file_path']}") as response:
        assert await response.read() == b"{}"
    async with api.session.get(f"{stand_in.url}/file/bot{stand_in.token}/documents/other") as response:
        assert response.status == 404
    shown = ann.chat.last()
    assert shown
    assert (shown.content, shown.file_name, shown.caption) == (b"{}", "my_data.json", "data")


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "file must be non-empty"),
        (b"no picture", "IMAGE_PROCESS_FAILED"),
        (plain_png(2100, 100, (0, 0, 0)), "PHOTO_INVALID_DIMENSIONS"),
        (plain_png(9990, 500, (0, 0, 0)), "PHOTO_INVALID_DIMENSIONS"),
        (HUGE, f"file of size {len(HUGE)} bytes is too big for a photo"),
    ],
)
async def test_a_photo_must_be_one(stand_in: StandIn, api: Api, ann: Person, content: bytes, complaint: str) -> None:
    form = aiohttp.FormData({"chat_id": str(ann.id)})
    form.add_field("photo", BytesIO(content), filename="p.png")
    answer = await send(stand_in, api, "POST", "sendPhoto", data=form)
    assert answer["description"] == f"Bad Request: {complaint}"


async def test_a_photo_can_be_replaced_and_recaptioned(stand_in: StandIn, api: Api, ann: Person) -> None:
    form = aiohttp.FormData({"chat_id": str(ann.id), "caption": "before"})
    form.add_field("photo", plain_png(20, 10, (1, 2, 3)), filename="p.png")
    sent = (await send(stand_in, api, "POST", "sendPhoto", data=form))["result"]
    assert (sent["photo"][0]["width"], sent["photo"][0]["height"]) == (20, 10)
    place = {"chat_id": str(ann.id), "message_id": str(sent["message_id"])}
    captioned = await api.ok("editMessageCaption", **place, caption="after", reply_markup=MARKUP)
    assert (captioned["caption"], captioned["reply_markup"]) == ("after", MARKUP)
    form = aiohttp.FormData({**place, "media": json.dumps({"type": "document", "media": "attach://f", "caption": "c"})})
    form.add_field("f", b"text", filename="f.txt")
    replaced = (await send(stand_in, api, "POST", "editMessageMedia", data=form))["result"]
    assert "photo" not in replaced
    assert replaced["document"]["file_name"] == "f.txt"
    again = {"type": "document", "media": replaced["document"]["file_id"], "caption": "c"}
    assert "message is not modified" in await api.refusal("editMessageMedia", **place, media=again)


async def test_a_file_of_one_kind_is_not_sent_as_another(api: Api, ann: Person) -> None:
    document = ann.send_document().document
    assert document
    refused = await api.refusal("sendPhoto", chat_id=ann.id, photo=document["file_id"])
    assert refused == "Bad Request: can't use file of type Document as Photo"
    assert await api.ok("sendDocument", chat_id=ann.id, document=document["file_id"])


async def test_a_bot_downloads_at_most_20_megabytes(api: Api, ann: Person) -> None:
    document = ann.send_document(bytes(20 * 1024 * 1024 + 1)).document
    assert document
    assert await api.refusal("getFile", file_id=document["file_id"]) == "Bad Request: file is too big"


async def test_a_file_that_no_parameter_wants_is_refused(stand_in: StandIn, api: Api, ann: Person) -> None:
    form = aiohttp.FormData({"chat_id": str(ann.id), "text": "x"})
    form.add_field("surprise", b"x", filename="x.txt")
    answer = await send(stand_in, api, "POST", data=form)
    assert answer["description"].startswith('Bad Request: unknown parameter "surprise"')


async def test_more_than_50_megabytes_are_too_much(stand_in: StandIn, api: Api, world: World) -> None:
    body, headers = BytesIO(bytes(51 * 1024 * 1024 + 1)), {"Content-Type": "application/json"}
    answer = await send(stand_in, api, "POST", data=body, headers=headers)
    assert answer == {"ok": False, "error_code": 413, "description": "Request Entity Too Large"}
    assert world.calls == []


async def test_a_busy_port_is_an_error_at_start(stand_in: StandIn, clock: Clock) -> None:
    with pytest.raises(OSError, match="address already in use"):
        await StandIn.start(now=clock.now, port=int(stand_in.url.rpartition(":")[2]))
