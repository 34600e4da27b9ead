"""Progress updates: drafted on Thursday from the log, posted by one tap and never without it, asked about."""

from __future__ import annotations

from tests.home import ACME, EMMA, GENERAL, LUMINA, NOVA, SASAKI, SUZUKI, TANAKA, YAMAMOTO, Home, Shown

THURSDAY = "2026-11-26T16:00"
HEAD = "この2週間で社内に共有したいことはありますか。一言で結構です。記録から下書きを用意しました"


def _prompt(home: Home, who: str = TANAKA, at: str = THURSDAY, words: str = HEAD) -> Shown:
    found = [each for each in home.later(who, to=at) if words in each.words]
    assert len(found) == 1, [each.words for each in found]
    return found[0]


def _posts(home: Home, who: str, room: str) -> list[Shown]:
    home.settle()
    return [each for each in home.messages(who, room) if each.by_bot and not each.private]


def test_at_most_two_drafts_on_thursday_at_four(home: Home) -> None:
    assert not [m for m in home.later(TANAKA, to="2026-11-26T15:59") if HEAD in m.words]
    prompt = _prompt(home)
    assert "ノヴァ素材(目的: 検査を、人にやさしく)" in prompt.words
    assert "進捗: 11/4(水) 定例。試作を早く出していただいた" in prompt.words
    assert "ルミナAI(目的: 熟練者の目を、現場みんなの目に)" in prompt.words
    assert prompt.labels() == ["このまま共有", "直す", "変化なし"] * 2
    assert prompt.words.splitlines()[-1] == "ボタンを押すまで、どこにも投稿されません"


def test_nothing_is_posted_without_the_tap(home: Home) -> None:
    before = {room: len(_posts(home, TANAKA, room)) for room in (NOVA, LUMINA)}
    _prompt(home)
    home.clock(to="2026-12-18T18:00")
    assert {room: len(_posts(home, TANAKA, room)) for room in (NOVA, LUMINA)} == before


def test_one_tap_posts_exactly_what_was_read(home: Home) -> None:
    prompt = _prompt(home)
    home.press(TANAKA, prompt, "このまま共有")
    post = _posts(home, SUZUKI, NOVA)[-1]
    assert post.words.splitlines() == [
        "🤝 ノヴァ素材(目的: 検査を、人にやさしく)",
        "進捗: 11/4(水) 定例。試作を早く出していただいた",
        "ご質問は下のボタンからどうぞ",
        "[質問する]",
    ]
    after = home.again(TANAKA, prompt)
    assert after.labels() == ["このまま共有", "直す", "変化なし"]
    assert not [m for m in _posts(home, TANAKA, LUMINA) if "🤝" in m.words]
    home.clock(plus="1d")
    assert len([m for m in _posts(home, SUZUKI, NOVA) if "🤝" in m.words]) == 1


def test_mended_words_are_what_is_posted(home: Home) -> None:
    prompt = _prompt(home)
    home.press(TANAKA, prompt, "直す")
    before = len(_posts(home, SUZUKI, NOVA))
    words: dict[str, str | list[str]] = {"text_one": "試作は順調です", "text_two": "評価の場所を探しています"}
    home.submit(TANAKA, words)
    assert len(_posts(home, SUZUKI, NOVA)) == before
    home.press(TANAKA, home.again(TANAKA, prompt), "直す")
    home.submit(TANAKA, {"then": "share"})
    post = _posts(home, SUZUKI, NOVA)[-1]
    assert "進捗: 試作は順調です\n依頼: 評価の場所を探しています" in post.words


def test_no_change_is_an_answer(home: Home) -> None:
    prompt = _prompt(home)
    home.press(TANAKA, prompt, "変化なし")
    after = home.again(TANAKA, prompt)
    assert after.labels() == ["このまま共有", "直す", "変化なし"]
    assert not [m for m in _posts(home, TANAKA, NOVA) if "🤝" in m.words]
    later = home.later(TANAKA, to="2026-12-03T18:00")
    assert not [m for m in later if HEAD in m.words]


def test_unanswered_it_rests_for_a_fortnight_too(home: Home) -> None:
    _prompt(home)
    assert not [m for m in home.later(TANAKA, to="2026-12-09T18:00") if HEAD in m.words]
    again = _prompt(home, at="2026-12-10T16:00")
    assert "学び: (まだ書かれていません)\n懸念: 評価試験の分担が決まらず、試験を始められない" in again.words


def _worried(home: Home) -> Shown:
    _prompt(home)
    return _prompt(home, at="2026-12-10T16:00")


def test_a_worry_stays_inside(home: Home) -> None:
    prompt = _worried(home)
    assert "懸念はチャンネルには載せず" in prompt.words
    home.press(TANAKA, prompt, "このまま共有")
    home.settle()
    assert not [m for m in _posts(home, TANAKA, NOVA) if "🤝" in m.words or "評価試験" in m.words]
    assert "チャンネルには載せていません" in home.last(TANAKA, home.direct(TANAKA)).words


def test_a_worry_that_its_author_opens_is_posted(home: Home) -> None:
    prompt = _worried(home)
    home.press(TANAKA, prompt, "直す")
    home.submit(TANAKA, {"worry": ["internal"], "then": "share"})
    assert "懸念: 評価試験の分担が決まらず、試験を始められない" in _posts(home, SUZUKI, NOVA)[-1].words


def test_a_question_goes_to_the_lead_and_the_answer_to_the_asker_only(home: Home) -> None:
    home.press(TANAKA, _prompt(home), "このまま共有")
    post = _posts(home, SUZUKI, NOVA)[-1]
    home.press(SUZUKI, post, "質問する")
    home.submit(SUZUKI, {"text": "試作は何個届きましたか"})
    home.settle()
    asked = home.inbox(TANAKA)[-1]
    assert "鈴木 健さんから、ノヴァ素材の近況へのご質問です" in asked.words
    assert "試作は何個届きましたか" in asked.words
    home.press(TANAKA, asked, "答える")
    home.submit(TANAKA, {"text": "3個です"})
    assert "お返事済みです" in home.again(TANAKA, asked).words
    answer = next(m for m in home.inbox(SUZUKI) if "3個です" in m.words)
    assert "田中 美咲さんからお返事です" in answer.words
    assert not [m for m in home.messages(YAMAMOTO, NOVA) if "3個です" in m.words]


def test_without_a_linked_room_the_draft_says_so_and_nothing_is_lost(home: Home) -> None:
    prompt = _prompt(home, SUZUKI)
    assert "投稿先の社内チャンネルがまだありません" in prompt.words
    assert prompt.labels() == ["直す", "変化なし"] * 2  # what can't be done isn't offered
    home.press(SUZUKI, prompt, "直す")
    form = home.form(SUZUKI)
    assert form is not None
    assert "共有する\n" not in f"{form.words}\n"
    assert home.submit(SUZUKI, {"text_one": "見積もりを待っています"})["ok"]
    assert "見積もりを待っています" in home.again(SUZUKI, prompt).words


def test_once_a_room_is_linked_the_draft_offers_it(home: Home) -> None:
    prompt = _prompt(home, SUZUKI)
    name = prompt.words.split("(目的")[0].splitlines()[-1]
    home.command(SUZUKI, GENERAL, f"/alliance link {name}")
    linked = home.again(SUZUKI, prompt)
    assert linked.labels() == ["このまま共有", "直す", "変化なし", "直す", "変化なし"]
    home.command(SUZUKI, GENERAL, "/alliance unlink")
    assert home.again(SUZUKI, prompt).labels() == ["直す", "変化なし"] * 2


def test_in_english(home: Home) -> None:
    prompt = _prompt(home, EMMA, "2026-11-27T01:00", "Anything to tell colleagues about these two weeks?")
    assert prompt.labels() == ["Share as it is", "Edit", "No change"]
    home.press(EMMA, prompt, "Share as it is")
    post = _posts(home, SASAKI, ACME)[-1]
    assert "Acme Robotics" in post.words
    assert "weekly, start date fixed" in post.words
