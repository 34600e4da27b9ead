"""A running installation with Teams alone, for stories: what people do and see means the same as in Slack.

Business time stands still until a test moves it (tests/playhouse.py).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from bot.payload import list_at, text_at
from bot.practice.clock import target
from tests.activities import MENTION
from tests.home import BOT, Json, Sheet, Trouble, Values
from tests.home import Shown as AnyShown
from tests.teamscard import Shown, errors, filled, form_of, sending
from tests.teamsline import DIALOG, TeamsLine
from tests.teamsworld import PEOPLE
from tests.tenant import TENANT, Person, Post, Room, bare


@dataclass
class TeamsHouse(TeamsLine):
    """One installation and the people in it. Every act waits until the bot has answered it."""

    platform: Literal["teams"] = "teams"

    # -- what people do

    def command(self, who: str, room: str, text: str) -> Shown:
        """Plain words in the direct chat; in a room a slash command, which only the bot gets."""
        place = self.room(room)
        said, people = self._mentions(text.removeprefix("/"))
        self.acts(who)
        self.act(self.activities.message(self.person(who), said, room=place, targeted=place is not None, people=people))
        return self.last(who, room)

    def start(self, who: str, room: str, text: str) -> None:
        """A command that is answered with a form: words can't open a dialog, so the answer has a button that does."""
        said = self.command(who, room, text)
        opens = [each for each in said.buttons if text_at(each, "data", "msteams", "type") == "task/fetch"]
        if not form_of(said.card):
            assert len(opens) == 1, said.words
            self.pressed(who, said, opens[0])

    def say(self, who: str, text: str, room: str = "") -> Shown:
        """Words in the direct chat, or an @mention in a room, which is answered in the direct chat."""
        before = {each.id for each in self.inbox(who)}
        self.write(who, room or self.direct(who), text)
        answers = [each for each in self.inbox(who) if each.id not in before]
        return _mine(answers[-1]) if answers else self.last(who, room or self.direct(who))

    def write(self, who: str, room: str, text: str, thread: str = "") -> str:
        """Words in a room; only those that mention the bot reach it, and all in its own chat."""
        place = self.room(room)
        said, people = self._mentions(text)
        self.acts(who)
        body = self.activities.message(self.person(who), said, room=place, thread=thread, mentions=False, people=people)
        if place is None or MENTION in said:
            self.act(body)
        return str(body["id"])

    def _mentions(self, text: str) -> tuple[str, tuple[Person, ...]]:
        """<@…> as Teams writes mentions, and who is mentioned."""
        named = [each for each in re.findall(r"<@(\w+)>", text) if each in PEOPLE]
        for each in named:
            text = text.replace(f"<@{each}>", f"<at>{self.person(each).name}</at>")
        return text.replace(f"<@{BOT}>", MENTION), tuple(self.person(each) for each in named)

    def record(self, who: str, room: str, message: str) -> Shown:
        """The message extension on a message; it answers in a dialog."""
        source = self.connector.tenant.post(self.place(room), message)
        assert source is not None, message
        self.acts(who)
        body = self.activities.fetch_task(self.person(who), "capture", room=self.room(room), source=source)
        self.opened(who, room, body, self.act(body))
        return self.last(who, room)

    def press(self, who: str, message: AnyShown, label: str, near: str = "") -> Shown | None:
        """Press the button called `label`, the first one after the words `near`; a question is answered with yes.

        The message as it is now, or the newest one in that room.
        """
        shown = _mine(message)
        return self.pressed(who, shown, shown.button(label, near))

    def choose(self, who: str, message: AnyShown, menu: str, label: str) -> Shown:
        """Choose `label` in the menu whose action is `menu` (its table row, e.g. friction.category)."""
        shown = _mine(message)
        choices, sends = shown.menu(menu)
        value = next(text_at(each, "value") for each in list_at(choices, "choices") if text_at(each, "title") == label)
        return self.pressed(who, shown, sends, {text_at(choices, "id"): value})

    def pressed(self, who: str, shown: Shown, action: Json, inputs: Json | None = None) -> Shown:
        """Any action of a card, with what is put into its inputs."""
        person = self.person(who)
        self.acts(who)
        if shown.dialog:
            self.send(next(each for each in self.dialogs if each.id == shown.id), action, inputs)
            return self.find(who, shown.room, shown.id) or self.last(who, shown.room)
        post = self.connector.tenant.post(self.place(shown.room), shown.id)
        assert post is not None, "the message is gone"
        if text_at(action, "type") == "Action.Execute":
            self.changed(who, post, self.act(self.activities.execute(person, post, action, inputs)))
        elif text_at(action, "data", "msteams", "type") == "task/fetch":
            body = self.activities.task_fetch(person, post, action, inputs)
            self.opened(who, shown.room, body, self.act(body))
        else:
            self.act(self.activities.submit(person, post, action, inputs))
        return self.find(who, shown.room, shown.id) or self.last(who, shown.room)

    def submit(self, who: str, values: Values) -> Json:
        """Fill the open form and send it: the dialog's, or the one that stands in a chat."""
        named = {
            name: PEOPLE.get(given, given) if isinstance(given, str) else [PEOPLE.get(each, each) for each in given]
            for name, given in values.items()
        }
        shown = self.sheet(who)
        assert shown is not None, "no form is open"
        inputs, refused = filled(shown.card, named)
        if refused:
            return {"errors": refused}
        before = shown.card
        after = self.pressed(who, shown, sending(before), inputs)
        wrong = errors(after.card) if form_of(after.card) and after.id == shown.id else {}
        return {"errors": wrong} if wrong else {"ok": True}

    def sheet(self, who: str) -> Shown | None:
        """The form before somebody: in a dialog, else the newest one in a chat."""
        if who in self.top and form_of(self.top[who].card):
            return self.top[who].shown
        posts = [each for each in self.connector.tenant.posts if each.by_bot and not each.deleted]
        for post in reversed(posts):
            mine = post in self.connector.tenant.seen_by(self.person(who).aad, post.conversation)
            shown = self._shown(who, post)
            if mine and self._reads(who, post) and form_of(shown.card):
                return shown
        return None

    def _reads(self, who: str, post: Post) -> bool:
        members = self.connector.tenant.members(post.conversation) or []
        return self.person(who) in members

    def opens(self, who: str) -> None:
        """The app is added for the person: Teams tells it with two activities."""
        make = self.activities
        self.act(make.install(self.person(who)))
        self.act(make.update(self.person(who)))

    def home(self, who: str) -> str:
        """Teams has no page of the app's own here: 今日 answers with the same."""
        return self.say(who, "今日").words

    def speaks(self, who: str, locale: str) -> None:
        """The person sets Teams to another language; the bot sees it in their next activity."""
        self.connector.tenant.add(replace(self.person(who), locale=locale))

    # -- what happens to rooms and people

    def let_in(self, room: str, guest: str) -> None:
        """A guest joins the team, of which the channel is a part; Teams tells it of the team."""
        place, person = self._channel(room), replace(self.person(guest), tenant=TENANT, role="guest")
        self.connector.tenant.add(person, replace(place, members=(*place.members, person.aad)))
        self._team(place, "teamMemberAdded", added=(person,))

    def put_out(self, room: str, guest: str) -> None:
        """They leave the team; with BOT, the app is taken out of it."""
        place = self._channel(room)
        if guest == BOT:
            self.connector.tenant.not_in.add(place.id)
            self.act(self.activities.install(self.person(place.members[0]), room=place, action="remove"))
            return
        person = self.person(guest)
        self.connector.tenant.add(replace(place, members=tuple(each for each in place.members if each != person.aad)))
        self._team(place, "teamMemberRemoved", removed=(person,))

    def share(self, room: str, guest: str) -> None:
        """A channel never becomes a shared one: theirs joins the team as a guest."""
        self.let_in(room, guest)

    def unshare(self, room: str, guest: str) -> None:
        """And leaves it."""
        self.put_out(room, guest)

    def _channel(self, room: str) -> Room:
        place = self.room(room)
        assert place is not None, room
        return place

    def _team(self, place: Room, event: str, **who: tuple[Person, ...]) -> None:
        """Changes of a team come with the id of its General channel, whatever channel they are of."""
        by = self.connector.tenant.people[place.members[0]]
        self.act(self.activities.team_update(by, event=event, **who))

    def close_account(self, who: str) -> None:
        """The person leaves the company; Teams tells nobody."""
        self.connector.tenant.left.add(self.person(who).aad)

    def reopen_account(self, who: str) -> None:
        """And comes back."""
        self.connector.tenant.left.discard(self.person(who).aad)

    def trouble(self, what: Trouble, times: int = 1) -> None:
        """The next calls go wrong."""
        match what:
            case "hidden_room" | "hidden_members":
                self.connector.fail("paged", 403, "Forbidden", times=times)
            case "cut_before" | "cut_after":
                self.connector.fail("post", times=times, how=what)

    # -- time

    def clock(self, **step: str) -> Json:
        """Move the clock: plus="1d", next="monday 08:30", to="2026-11-30T09:00" (in Japan)."""
        due = self.run(self.product.clockwork.next_due())
        moment = target(dict(step), self.time(), ZoneInfo("Asia/Tokyo"), due=due)
        counts = self.run(self.product.clockwork.advance(moment, lambda at: self.time.set(max(at, self.time()))))
        return {"did": {"sent": counts.deliver.messages}}

    def oversleep(self, to: str) -> None:
        """The clock stands at another time (in Japan), and nothing of what lies between has happened."""
        self.time.set(datetime.fromisoformat(to).replace(tzinfo=ZoneInfo("Asia/Tokyo")))

    def later(self, who: str, **step: str) -> list[AnyShown]:
        """Move the clock; what the bot wrote to that person directly meanwhile."""
        before = {each.id for each in self.inbox(who)}
        self.clock(**step)
        return [each for each in self.inbox(who) if each.id not in before]

    def halt(self) -> None:
        """Nothing is delivered by itself any more, only by `settle` and by moving the clock."""
        self.run(self.product.clockwork.stop())

    def settle(self) -> None:
        """Everything that waits now is delivered; no waiting for a tick."""
        self.run(self.product.clockwork.once())

    # -- what people see

    def again(self, who: str, message: AnyShown) -> Shown:
        """The message as it reads once everything that waits is delivered."""
        self.settle()
        found = self.find(who, message.room, message.id)
        assert found is not None, "the message is gone"
        return found

    def messages(self, who: str, room: str) -> list[AnyShown]:
        """What that person can read in a room, oldest first."""
        return list[AnyShown](self._messages(who, room))

    def _messages(self, who: str, room: str) -> list[Shown]:
        posts = self.connector.tenant.seen_by(self.person(who).aad, self.place(room))
        return [self._shown(who, post) for post in posts if self._reads(who, post)]

    def _shown(self, who: str, post: Post) -> Shown:
        edits, card = self.replaced.get((who, post.id), (-1, {}))
        return Shown(
            post.id,
            bare(post.conversation),
            card if edits == post.edits else post.card,
            text=text_at(post.activity, "text"),
            preview=text_at(post.activity, "summary"),
            private=bool(post.only),
            by_bot=post.by_bot,
        )

    def last(self, who: str, room: str) -> Shown:
        """The dialog that was opened there, else the newest message in a room."""
        dialog = self.top.get(who)
        if dialog is not None and not form_of(dialog.card) and dialog.place == self.place(room):
            return dialog.shown
        found = self._messages(who, room)
        assert found, "nothing was said"
        return found[-1]

    def find(self, who: str, room: str, message: str) -> Shown | None:
        """A message by its id."""
        if message.startswith(DIALOG):
            return next((each.shown for each in self.dialogs if each.id == message and each.card), None)
        return next((each for each in self._messages(who, room) if each.id == message), None)

    def direct(self, who: str) -> str:
        """The direct chat of a person with the bot."""
        return self.connector.tenant.direct(self.person(who).aad)

    def inbox(self, who: str) -> list[AnyShown]:
        """What the bot wrote to a person directly."""
        return [each for each in self.messages(who, self.direct(who)) if each.by_bot]

    def form(self, who: str) -> Sheet | None:
        """The form before somebody, or None."""
        shown = self.sheet(who)
        if shown is None:
            return None
        title = self.top[who].title if shown.dialog else shown.words.split("\n")[0]
        return Sheet(form_of(shown.card), title, shown.words)


def _mine(message: AnyShown) -> Shown:
    assert isinstance(message, Shown)
    return message
