"""Twelve weeks of history of the sample organisation, as its people typed it at the front door."""

from __future__ import annotations

from dataclasses import dataclass

from bot.practice.cast import ACME, EMMA, LUMINA, NOVA, SASAKI, SUZUKI, TANAKA, YAMAMOTO


@dataclass(frozen=True)
class AllianceOf:
    """An alliance as its lead entered it. `started` and `purpose_age` in days before today; people are user ids."""

    name: str
    aliases: tuple[str, ...]
    purpose: str
    stage: str
    cadence: int
    lead: str
    started: int
    purpose_age: int
    backup: str = ""
    team: tuple[str, ...] = ()
    manager: str = SASAKI
    contacts: tuple[tuple[str, str, str], ...] = ()
    room: str = ""
    room_name: str = ""


ALLIANCES = (
    AllianceOf(
        "ノヴァ素材", ("ノヴァ", "nova", "Nova Materials"), "検査を、人にやさしく", "prove", 14,
        TANAKA, 210, 82, SUZUKI, (YAMAMOTO,),
        contacts=(("佐藤", "counterpart", "working"), ("高橋", "expert", "working"), ("野村", "sponsor", "executive")),
        room=NOVA, room_name="提携-ノヴァ素材",
    ),
    AllianceOf(
        "ルミナAI", ("ルミナ", "lumina"), "熟練者の目を、現場みんなの目に", "prove", 14,
        TANAKA, 150, 40, YAMAMOTO, (),
        contacts=(("林", "counterpart", "management"), ("三浦", "expert", "working")), room=LUMINA,
        room_name="提携-ルミナ",
    ),
    AllianceOf(
        "みなと大学", ("みなと大", "minato"), "素材の基礎を一緒に解き明かす", "explore", 21,
        YAMAMOTO, 120, 30, TANAKA, (), contacts=(("佐藤", "counterpart", "management"),),
    ),
    AllianceOf(
        "アオバ物流", ("アオバ", "aoba"), "届け方から、つくり方を変える", "scale", 21,
        SUZUKI, 400, 103, TANAKA, (), contacts=(("井上", "counterpart", "management"), ("小川", "floor", "working")),
    ),
    AllianceOf(
        "キタ食品", ("キタ", "kita"), "売り場から新しい食べ方を広げる", "build", 14,
        SUZUKI, 90, 20, "", (YAMAMOTO,),
        contacts=(("柴田", "counterpart", "working"), ("長谷川", "champion", "management")),
    ),
    AllianceOf(
        "Acme Robotics", ("acme", "アクメ"), "Robots that small factories can trust", "build", 14,
        EMMA, 180, 55, SUZUKI, (),
        contacts=(("Lopez", "counterpart", "management"), ("Chen", "expert", "working")), room=ACME,
        room_name="alliance-acme",
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Beat:
    """One thing that somebody typed `ago` days before today; `then` are actions pressed on the answer, in order."""

    ago: int
    who: str
    command: str
    text: str
    then: tuple[str, ...] = ()


T, F = "touchpoint", "friction"

BEATS = (
    Beat(84, TANAKA, T, "ノヴァ 定例。評価の進め方をすり合わせた 同席: 佐藤, 高橋"),
    Beat(82, SUZUKI, T, "アオバ 訪問 新倉庫の動線を見学。荷受けは朝が混む 同席: 井上, 小川"),
    Beat(80, EMMA, T, "acme call w/ Lopez, agreed on the safety scope of the trial"),
    Beat(78, YAMAMOTO, T, "みなと大 打合せ 測定の条件を決めた 同席: 佐藤先生"),
    Beat(76, TANAKA, T, "ルミナ デモ 画像200枚でも精度が出た 同席: 林, 三浦"),
    Beat(75, SUZUKI, T, "キタ 電話 店頭テストの候補は2店 同席: 柴田"),
    Beat(70, TANAKA, T, "ノヴァ 定例。試作品の仕様を確定 同席: 佐藤"),
    Beat(66, EMMA, T, "acme weekly with Lopez, Chen. Gripper test passed"),
    Beat(63, TANAKA, T, "ルミナ 定例。現場の撮影手順を相談 同席: 林"),
    Beat(61, SUZUKI, T, "キタ 打合せ 新しい袋のデザインは好評 同席: 柴田, 長谷川"),
    Beat(58, YAMAMOTO, T, "みなと大 会食 先生と本音で話せた 同席: 佐藤先生"),
    Beat(56, TANAKA, T, "ノヴァ 定例。試作の初回品が届いた。予定より1週間早い 同席: 佐藤, 高橋"),
    Beat(52, EMMA, T, "acme visit w/ Chen, saw the new line. Floor staff were curious"),
    Beat(49, SUZUKI, T, "アオバ 定例。配送データの項目をそろえた 同席: 井上"),
    Beat(48, TANAKA, T, "ルミナ 協議会 PoCの結果を両社で確認 同席: 林, 三浦"),
    Beat(47, TANAKA, F, "ノヴァ !! 評価試験の分担が決まらず、試験を始められない", ("friction.widen",)),
    Beat(44, SUZUKI, F, "キタ ! 営業部が「聞いていない」と言っている"),
    Beat(42, TANAKA, T, "ノヴァ 定例。試作は順調 同席: 佐藤"),
    Beat(38, EMMA, F, "acme ? replies got slower since the reorganisation on their side"),
    Beat(37, EMMA, T, "acme call w/ Lopez, new contact window from next month"),
    Beat(35, TANAKA, T, "ルミナ 電話 次の段階の費用感を聞いた 同席: 林"),
    Beat(33, SUZUKI, T, "キタ 訪問 店頭テスト1店目が始まった 同席: 柴田"),
    Beat(30, YAMAMOTO, T, "みなと大 打合せ 試料の受け渡しを確認 同席: 佐藤先生"),
    Beat(29, TANAKA, T, "ノヴァ 定例。評価の装置を1台借りられることに 同席: 佐藤, 高橋"),
    Beat(28, YAMAMOTO, F, "ルミナ ! 現場の撮影に手間がかかり、写真が集まらない"),
    Beat(26, SUZUKI, F, "キタ ? 先方の窓口が二人いて、返事の順番が分かりにくい"),
    Beat(23, EMMA, T, "acme weekly with Lopez. Site for the trial chosen -> draft the safety checklist we +35d"),
    Beat(21, SUZUKI, T, "アオバ 電話 帰り便の空きを使う案が出た 同席: 井上"),
    Beat(20, TANAKA, T, "ルミナ 定例。写真は週末にまとめて撮ることに 同席: 林, 三浦"),
    Beat(19, SUZUKI, T, "キタ 打合せ 2店目の店長とも話せた 同席: 柴田, 長谷川"),
    Beat(
        16,
        TANAKA,
        T,
        "ノヴァ 定例。試作を早く出していただいた → 試験計画を送る うち +5d → 装置の空き日程 先方 +9d 同席: 佐藤",
    ),
    Beat(15, YAMAMOTO, F, "みなと大 ? 学会の締切が近く、先方の返事が遅れがち"),
    Beat(12, EMMA, T, "acme call w/ Chen, spare parts are late by a week"),
    Beat(11, EMMA, F, "acme !! spare parts arrive a week late, the start date moves", ("friction.widen",)),
    Beat(
        9, TANAKA, T, "ルミナ 打合せ 次の段階の進め方。判断の材料はそろった → 社内の判断をまとめる うち +12d 同席: 林"
    ),
    Beat(8, SUZUKI, T, "キタ 定例。売り場の反応は上々。2店とも続けたい → 追加の袋を手配する うち +10d 同席: 柴田"),
    Beat(5, YAMAMOTO, T, "ルミナ 電話 三浦さんに撮影のこつを聞いた"),
    Beat(3, EMMA, T, "acme weekly with Lopez, start date fixed -> send the floor plan they +6d"),
)
