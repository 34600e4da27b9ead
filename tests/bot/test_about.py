"""GET /about speaks the reader's language and names who runs the installation."""

from __future__ import annotations

import asyncio

import httpx
import pytest
from starlette.applications import Starlette

from bot.about import about
from handlers.text import LOCALES, texts

KEPT = {
    "ja": ("投稿", "書いた人の名前", "リンク", "先方", "役職", "表示名", "タイムゾーン", "ID", "宛先", "社内公開"),
    "en": (
        "messages",
        "author’s name",
        "link",
        "titles",
        "display names",
        "time zones",
        "ids",
        "addresses",
        "everyone",
    ),
}


@pytest.mark.parametrize("locale", LOCALES)
def test_it_leaves_nothing_out(locale: str) -> None:
    told = texts(locale)("about.privacy", company="ひかり電機")
    assert [each for each in KEPT[locale] if each not in told] == []
    assert "だけ" not in told


@pytest.mark.parametrize(
    ("asked", "lang", "says"),
    [
        ("ja-JP,ja;q=0.9,en;q=0.8", "ja", "データの取り扱い"),
        ("en-GB,en;q=0.9", "en", "It does not read chat history"),
        ("fr-FR", "ja", "架け橋について"),
    ],
)
def test_it_says_what_is_kept(asked: str, lang: str, says: str) -> None:
    async def get() -> httpx.Response:
        wired = httpx.ASGITransport(Starlette(routes=[about("<ひかり電機>")]))
        async with httpx.AsyncClient(transport=wired, base_url="http://kakehashi") as client:
            return await client.get("/about", headers={"accept-language": asked})

    page = asyncio.run(get())
    assert page.status_code == 200
    assert f'lang="{lang}"' in page.text
    assert says in page.text
    assert "&lt;ひかり電機&gt;" in page.text
    assert 'id="privacy"' in page.text
