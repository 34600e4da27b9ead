"""The guard: a room that outsiders can read, or that can't be asked about, gets nothing; its owner gets the words."""

from __future__ import annotations

import pytest

from tests.home import ACME, BOT, EMMA, GUEST, NOVA, SUZUKI, TANAKA, YAMAMOTO, Home, Json, Shown, Trouble
from tests.playhouse import House
from tests.stories.wire import forged

THURSDAY = "2026-11-26T16:00"
HEAD = "この2週間で社内に共有したいことはありますか"
LINE = "試作を早く出していただいた"


def _prompt(home: Home) -> Shown:
    return next(each for each in home.later(TANAKA, to=THURSDAY) if HEAD in each.words)


def _by_bot(home: Home, who: str, room: str) -> list[Shown]:
    home.settle()
    return [each for each in home.messages(who, room) if each.by_bot and not each.private]


def _refused(home: Home) -> Shown:
    """What the owner reads in the direct chat, after nothing was posted."""
    home.settle()
    told = [each for each in home.inbox(TANAKA) if "提携-ノヴァ素材 には投稿しませんでした" in each.words]
    assert len(told) == 1, [each.words for each in home.inbox(TANAKA)]
    assert LINE in told[0].words
    assert "チャンネルには何も出ていません。この文章が見えるのはあなただけです" in told[0].words
    assert "質問する" not in told[0].labels()
    return told[0]


def test_a_linked_room_that_becomes_shared_is_paused_and_its_lead_told(home: Home) -> None:
    home.share(NOVA, GUEST)
    home.settle()
    told = home.inbox(TANAKA)[-1]
    assert "#提携-ノヴァ素材 が社外の方にも見えるようになりました" in told.words
    assert "ノヴァ素材の投稿を止めています" in told.words
    prompt = _prompt(home)
    home.press(TANAKA, prompt, "このまま共有")
    home.clock(to="2026-12-18T18:00")
    assert not _by_bot(home, GUEST, NOVA)
    assert not [m for m in home.messages(GUEST, NOVA) if LINE in m.words]
    assert len([m for m in home.inbox(TANAKA) if "社外の方にも見えるように" in m.words]) == 1


def test_unsharing_alone_opens_nothing_linking_anew_does(home: Home) -> None:
    home.share(NOVA, GUEST)
    home.unshare(NOVA, GUEST)
    prompt = _prompt(home)
    home.press(TANAKA, prompt, "このまま共有")
    assert not _by_bot(home, SUZUKI, NOVA)
    home.command(TANAKA, NOVA, "/alliance link ノヴァ")
    home.press(TANAKA, home.again(TANAKA, prompt), "このまま共有")
    assert LINE in _by_bot(home, SUZUKI, NOVA)[-1].words


def test_an_invitation_that_waits_counts_as_shared(slack_home: House) -> None:
    home = slack_home
    prompt = _prompt(home)
    home.act(SUZUKI, "share", channel=NOVA, pending=True)
    home.press(TANAKA, prompt, "このまま共有")
    assert "社外の方も読めるチャンネルになっているため" in _refused(home).words
    assert not _by_bot(home, SUZUKI, NOVA)


@pytest.mark.parametrize("what", ["hidden_room", "hidden_members"])
def test_what_cannot_be_asked_is_not_posted(home: Home, what: Trouble) -> None:
    prompt = _prompt(home)
    home.trouble(what, 5)
    home.press(TANAKA, prompt, "このまま共有")
    assert "社外の方が読めるかどうかを確かめられなかったため" in _refused(home).words
    assert not _by_bot(home, SUZUKI, NOVA)


def test_the_bot_was_taken_out_of_the_room(home: Home) -> None:
    prompt = _prompt(home)
    home.put_out(NOVA, BOT)
    home.press(TANAKA, prompt, "このまま共有")
    _refused(home)
    assert not _by_bot(home, SUZUKI, NOVA)


def test_the_room_was_archived(slack_home: House) -> None:
    home = slack_home
    prompt = _prompt(home)
    home.act(SUZUKI, "archive", channel=NOVA)
    home.press(TANAKA, prompt, "このまま共有")
    assert "アーカイブされているため" in _refused(home).words


def test_a_guest_who_was_let_in_pauses_the_room(home: Home) -> None:
    """A guest makes no room shared by Slack's flags: who reads is asked of its members."""
    prompt = _prompt(home)
    home.let_in(NOVA, GUEST)
    home.settle()
    assert [m for m in home.inbox(TANAKA) if "#提携-ノヴァ素材 が社外の方にも見えるようになりました" in m.words]
    home.press(TANAKA, prompt, "このまま共有")
    assert not _by_bot(home, GUEST, NOVA)


def test_a_room_with_a_guest_is_not_linked(home: Home) -> None:
    home.let_in(NOVA, GUEST)
    said = home.command(TANAKA, NOVA, "/alliance link ノヴァ")
    assert "このチャンネルは社外の方にも見えるため、連携できません" in said.words
    prompt = _prompt(home)
    home.press(TANAKA, prompt, "このまま共有")
    assert not _by_bot(home, GUEST, NOVA)


def test_shared_first_and_let_out_before_the_post_its_owner_gets_the_words(home: Home) -> None:
    prompt = _prompt(home)
    home.halt()
    home.press(TANAKA, prompt, "このまま共有")
    home.share(NOVA, GUEST)
    assert "社外の方も読めるチャンネルになっているため" in _refused(home).words
    assert not _by_bot(home, GUEST, NOVA)


def test_who_left_the_company_is_not_written_to_and_the_backup_hears(home: Home) -> None:
    home.close_account(TANAKA)
    heard = home.later(SUZUKI, to="2026-11-25T18:00")
    assert [m for m in heard if "ノヴァ素材さんとは11/4の定例から" in m.words]
    assert [m for m in home.inbox(YAMAMOTO) if "11/24(火) 10:00、ルミナAIさんとの定例です" in m.words]
    assert not home.inbox(TANAKA)
    home.reopen_account(TANAKA)
    home.say(TANAKA, "今日")
    heard = home.later(TANAKA, to="2026-12-08T08:30")
    assert [m for m in heard if "12/8(火) 10:00、ルミナAIさんとの定例です" in m.words]


def test_an_account_that_was_closed_is_refused_in_words(slack_home: House) -> None:
    home = slack_home
    said = home.command(SUZUKI, NOVA, "/touchpoint ノヴァ 電話")
    home.close_account(SUZUKI)

    def again(payload: Json) -> None:
        payload["trigger_id"] = "1.another"

    answer = forged(home, "slash_commands", again).json()
    assert answer["text"] == "停止中のアカウントでは操作できません"
    assert said.words.splitlines()[0] == "ノヴァ素材の接点を記録しました"


def test_commands_in_a_shared_room_are_answered_privately(home: Home) -> None:
    home.share(NOVA, GUEST)
    said = home.command(SUZUKI, NOVA, "/alliance brief ノヴァ")
    assert said.private
    assert not [m for m in home.messages(GUEST, NOVA) if "検査を" in m.words]


def test_in_english(home: Home) -> None:
    home.share(ACME, GUEST)
    home.settle()
    told = home.inbox(EMMA)[-1]
    assert "alliance-acme" in told.words
    assert "Acme Robotics" in told.words
    assert "paused" in told.words
