"""GET /about: what the program is, what it keeps and who sees it; where the Teams package's links lead."""

from __future__ import annotations

from html import escape

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from handlers.text import LOCALES, Texts, texts

_PARTS = ("what", "privacy", "terms")
_PAGE = """<!doctype html>
<html lang="{lang}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title}</title><style>body{{font:16px/1.7 system-ui,sans-serif;max-width:42rem;margin:2rem auto;padding:0 1rem;
color:#1d2b28}}h1{{color:#1f4f46}}h2{{margin-top:2rem;font-size:1.1rem}}</style></head>
<body><h1>{title}</h1>{parts}</body></html>
"""


def about(organisation: str) -> Route:
    """The route; the page speaks the browser's language. `organisation` runs this installation."""

    async def page(request: Request) -> Response:
        asked = request.headers.get("accept-language", "").lower()
        first = min(LOCALES, key=lambda each: asked.find(each) if each in asked else len(asked) + LOCALES.index(each))
        headers = {
            "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
            "Vary": "Accept-Language",
        }
        return HTMLResponse(_drawn(texts(first), organisation), headers=headers)

    return Route("/about", page)


def _drawn(t: Texts, organisation: str) -> str:
    parts: list[str] = []
    for part in _PARTS:
        parts.append(f'<h2 id="{part}">{escape(t(f"about.{part}.title"))}</h2>')
        parts.append(f"<p>{escape(t(f'about.{part}', company=organisation))}</p>")
    return _PAGE.format(lang=t.locale, title=escape(t("app.name")), parts="".join(parts))
