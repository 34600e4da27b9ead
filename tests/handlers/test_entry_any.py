"""The one-line grammar: what must hold for any text at all."""

from collections import Counter
from datetime import datetime
from zoneinfo import ZoneInfo

from hypothesis import example, given
from hypothesis import strategies as st

from handlers.entry import Known, Verb, read, read_whole
from handlers.segments import normalised

WEDNESDAY = datetime(2026, 7, 1, 9, tzinfo=ZoneInfo("Asia/Tokyo"))
KNOWN = (
    Known("sora", ("ソラ化学", "ソラ", "sora", "株式会社ソラ化学")),
    Known("mori", ("モリ製菓", "モリ", "Mori Sweets")),
    Known("volt", ("Volt Motors", "volt", "ボルト")),
)
PIECES = st.sampled_from(
    [
        "ソラ", "モリ", "volt", "Volt Motors", "株式会社", "㈱", "さん", "様の", "定例", "call", "試作は順調",
        "send it", "昨日", "7/9", "2/30", "金", "来週", "fri", "on ", "by ", "→", "->", "次:", "うち", "先方が",
        "they ", "@taro", "同席:", "w/ ", "with ", "佐藤", "佐藤 健太", "Sato-san", "John Smith", "部長", "と", "and ",
        "、", "。", "\n", " ", "(", ")", "!", "!!", "?", "摩擦:", "決:", "<@U1|x>", "<#C1|y>", "<https://a.jp/?x|z>",
        "https://b.jp/->", "`c -> d`", "&gt;", "&amp;", "　", "ﾉｳﾞｧ", "v1→v2", "🙆", "\u200b", "\ufe0f",
    ]
)  # fmt: skip
TEXTS = st.one_of(
    st.lists(PIECES, max_size=14).map("".join), st.lists(PIECES, max_size=10).map(" ".join), st.text(max_size=60)
)
VERBS: st.SearchStrategy[Verb] = st.sampled_from(["touchpoint", "friction"])
SEPARATORS = set("、,。.:;・/|()")


@given(text=TEXTS)
@example("&amp;gt;")
@example("<<https://a.jp|b>|c>")
def test_normalising_twice_changes_nothing(text: str) -> None:
    assert normalised(normalised(text)) == normalised(text)


@given(text=TEXTS, verb=VERBS, here=st.sampled_from([None, "mori"]))
@example("同席:佐藤\n→ うち", "touchpoint", None)
@example("\ud800 ソラ 金", "friction", None)
def test_nothing_that_was_typed_is_lost(text: str, verb: Verb, here: str | None) -> None:
    got, pieces = read_whole(text, verb, now=WEDNESDAY, known=KNOWN, here=here)
    # A name that is listed twice is one person.
    kept = [got.summary, *(name * 14 for name in got.people), *(each.text for each in got.steps), *pieces]
    if got.friction and verb == "touchpoint":
        kept.append(got.friction.text)
    assert not letters(normalised(text)) - letters("".join(kept))


@given(text=TEXTS, verb=VERBS)
def test_what_is_read_stays_within_the_rules(text: str, verb: Verb) -> None:
    got = read(text, verb, now=WEDNESDAY, known=KNOWN)
    assert got.friction is None or 0 <= got.friction.severity <= 3
    assert got.friction is not None or verb == "touchpoint"
    assert got.on_stated or got.on == WEDNESDAY.date()
    assert all(each.text.strip() for each in got.steps)
    assert all(name.strip() for name in got.people)
    assert got == read(normalised(text), verb, now=WEDNESDAY, known=KNOWN)


def test_a_very_long_text_is_kept_whole() -> None:
    text = "長い話" * 3500
    got = read(f"ソラ 定例 {text}", "touchpoint", now=WEDNESDAY, known=KNOWN)
    assert got.summary == f"定例 {text}"


def letters(text: str) -> Counter[str]:
    return Counter(char for char in text if not char.isspace() and char not in SEPARATORS)
