"""Who reads a friction note: the approved sentence for managers, counts from three authors on, never a name."""

from __future__ import annotations

from tests.home import ACME, EMMA, GENERAL, NOVA, SASAKI, SUZUKI, TANAKA, YAMAMOTO, Home, Shown
from tests.stories.test_friction import opened, pressed

NOTE = "/friction ノヴァ !! 部品の到着が遅れ、試験が止まる"
WORDS = "部品の到着が遅れ、試験が止まる"


def seen_by_the_manager(home: Home) -> str:
    """The manager's list."""
    return home.command(SASAKI, NOVA, "/friction 一覧").words


def changed(home: Home, message: Shown, values: dict[str, str | list[str]]) -> Shown:
    """Edit the note by its form."""
    home.press(TANAKA, message, "編集")
    assert home.submit(TANAKA, values)["ok"]
    return home.last(TANAKA, message.room)


def test_the_very_sentence_is_shown_first_and_widened_by_that_click(home: Home) -> None:
    said = home.command(TANAKA, NOVA, NOTE)
    ask = said.words.index("管理者に届くのはこの一文だけです(お名前は届きません)。届けますか")
    assert ask < said.words.index(WORDS)
    assert "少人数では推測されることがあります" in said.words
    assert WORDS not in seen_by_the_manager(home)
    sent = pressed(home, TANAKA, said, "この一文で届ける")
    assert sent.words.splitlines()[0] == "この一文を管理者に届けます。次の週報に載ります"
    assert f"中 {WORDS}(今日) [開く]" in seen_by_the_manager(home)


def test_the_same_in_english(home: Home) -> None:
    said = home.command(EMMA, ACME, "/friction acme !!! the pilot line stopped")
    assert "Managers would get this one sentence, without your name. Send it?" in said.words
    pressed(home, EMMA, said, "Send this sentence")
    assert "the pilot line stopped" in home.command(SASAKI, ACME, "/friction list").words


def test_an_edit_asks_again(home: Home) -> None:
    sent = pressed(home, TANAKA, home.command(TANAKA, NOVA, NOTE), "この一文で届ける")
    edited = changed(home, sent, {"text": "佐藤さんの部品がまた遅れた"})
    assert "届けますか" in edited.words
    assert "佐藤さんの部品" not in seen_by_the_manager(home)
    pressed(home, TANAKA, edited, "この一文で届ける")
    assert "佐藤さんの部品" in seen_by_the_manager(home)


def test_it_may_stay_with_the_team(home: Home) -> None:
    kept = pressed(home, TANAKA, home.command(TANAKA, NOVA, NOTE), "チームにとどめる")
    assert kept.words.splitlines()[0] == "チームにとどめました。管理者には届きません"
    assert WORDS not in seen_by_the_manager(home)
    assert WORDS in home.command(YAMAMOTO, NOVA, "/friction 一覧").words


def test_a_graver_note_asks_then(home: Home) -> None:
    said = home.command(TANAKA, NOVA, "/friction ノヴァ ! 部品の到着が遅れ気味")
    assert "届けますか" not in said.words
    assert "届けますか" in home.choose(TANAKA, said, "friction.severity", "中: 進みが遅れる").words


def test_a_private_note_is_the_authors_alone(home: Home) -> None:
    said = home.command(TANAKA, NOVA, NOTE)
    label = next(each for each in said.choices("friction.visibility") if "自分" in each)
    home.choose(TANAKA, said, "friction.visibility", label)
    for who in (SUZUKI, YAMAMOTO, SASAKI):
        assert WORDS not in home.command(who, NOVA, "/friction 一覧").words
    assert f"{WORDS}(今日、自分のみ)" in home.command(TANAKA, NOVA, "/friction 一覧").words


def test_internal_is_for_everybody(home: Home) -> None:
    home.start(TANAKA, GENERAL, "/friction")
    values: dict[str, str | list[str]] = {"text": "キタ 納期が読めない", "severity": "2", "visibility": "internal"}
    assert home.submit(TANAKA, values)["ok"]
    assert "社内のどなたでも読めます" in home.last(TANAKA, GENERAL).words
    assert "納期が読めない" in home.command(EMMA, GENERAL, "/friction list kita").words


def test_a_manager_gets_no_name_no_source_and_no_button_to_change(home: Home) -> None:
    home.write(SUZUKI, NOVA, "部品がまた遅れています")
    pressed(home, TANAKA, home.command(TANAKA, NOVA, NOTE), "この一文で届ける")
    card = opened(home, SASAKI, NOVA, WORDS)
    assert WORDS in card.words
    assert card.labels() == []
    for name in ("田中", "鈴木", "記録:", "担当:", "元の投稿"):
        assert name not in card.words


def test_closing_words_of_the_team_stay_with_the_team(home: Home) -> None:
    pressed(home, TANAKA, home.command(TANAKA, NOVA, NOTE), "この一文で届ける")
    card = opened(home, SASAKI, NOVA, WORDS)
    home.command(TANAKA, NOVA, "/friction done ノヴァ 部品 森さんに頼んで前倒し 一緒に")
    assert card.words
    assert "森さん" not in home.command(SASAKI, NOVA, "/friction 一覧").words


def test_small_notes_reach_a_manager_as_counts_from_three_authors_on(home: Home) -> None:
    for who, text in ((TANAKA, "返事が遅い"), (SUZUKI, "返信が来ない")):
        home.command(who, NOVA, f"/friction ノヴァ ! {text}")
    assert "件数" not in seen_by_the_manager(home)
    home.command(YAMAMOTO, NOVA, "/friction ノヴァ ! 連絡が届かない")
    said = seen_by_the_manager(home)
    assert "気づき・小の件数(3人以上の記録があるものだけ): 連絡・共有の滞り 3件" in said
    for text in ("返事が遅い", "返信が来ない", "連絡が届かない"):
        assert text not in said


def test_who_is_neither_on_the_team_nor_a_manager_reads_nothing(home: Home) -> None:
    said = home.command(EMMA, GENERAL, "/friction list nova").words
    assert "評価試験" not in said
    assert "has been shared" in said or "shared with you" in said
