"""What can be done with one press about lists, threads, digests, and who may join.

A part of the table in `actions.py`.
"""

from collections.abc import Mapping
from typing import Final

from community import (
    admissions,
    closures,
    deliveries,
    issues,
    join_requests,
    joining,
    subscriptions,
    threads,
    topic_choices,
    topics,
)
from community.subscriptions import Mode
from letters.action import Action, Input
from texts import N_

UNTIL = Input(name="until", kind="moment", label=N_("Until when nothing comes"))
WORD = Input(name="reason", kind="text", label=N_("A word to them"), optional=True)

#: How the posts of a topic come where otherwise than the others.
TOPIC_MODES: Final[Mapping[topic_choices.TopicMode, str]] = {
    topic_choices.TopicMode.EACH: N_("at once"),
    topic_choices.TopicMode.DIGEST: N_("in a digest"),
    topic_choices.TopicMode.NONE: N_("not at all"),
}
TOPIC = Input(name="topic", kind="choice", label=N_("Topic"), choices=tuple(topics.NAMES.items()))
TOPIC_MODE = Input(
    name="mode",
    kind="choice",
    label=N_("How its posts come"),
    choices=((topic_choices.AS_LIST, N_("as the others")), *TOPIC_MODES.items()),
)

LIST_ACTIONS: Final[dict[str, Action]] = {
    "mailing_list.leave": Action(
        act=subscriptions.leave,
        label=N_("Leave the list"),
        ask=N_("Leave this list? You will get no more posts."),
        done=N_("You are off the list. You can join again at any time."),
    ),
    "mailing_list.join": Action(
        act=joining.join,
        label=N_("Join the list"),
        ask=N_("Join this list?"),
        done=N_("You are on the list."),
        style="primary",
    ),
    "mailing_list.ask": Action(
        act=join_requests.ask_as_member,
        label=N_("Ask to join"),
        ask=N_("Ask to join this list? A moderator decides."),
        done=N_("Asked. You hear of it when a moderator has decided."),
        style="primary",
    ),
    "mailing_list.come_back": Action(
        act=joining.come_back,
        label=N_("One digest a day instead"),
        ask=N_("Be on this list, and get its posts in one mail a day?"),
        done=N_("You are on the list. Its posts come in one mail a day, at 16:00."),
        style="primary",
    ),
    "join_request.confirm": Action(
        act=join_requests.confirm,
        label=N_("Yes, I want to join"),
        ask=N_("Join this list?"),
        done=N_(
            "Thank you. If a moderator has to decide, you hear of it; else you are on the list."
        ),
        style="primary",
        is_proof=True,
    ),
    "join_request.accept": Action(
        act=admissions.accept,
        label=N_("Let them join"),
        ask=N_("Put this person on the list?"),
        done=N_("They are on the list, and have been told."),
        style="primary",
    ),
    "join_request.decline": Action(
        act=admissions.decline,
        label=N_("Say no"),
        ask=N_("Say no to this person? They are told."),
        done=N_("They have been told."),
        style="danger",
        inputs=(WORD,),
    ),
    "join_request.reopen": Action(
        act=admissions.reopen,
        label=N_("Take it back"),
        ask=N_("Take this decision back? Whoever was let in is off the list until it is decided."),
        done=N_("Taken back. The wish waits for a moderator again."),
    ),
    "mailing_list.each": Action(
        act=deliveries.choose(Mode.EACH),
        label=N_("Each post as a mail"),
        ask=N_("Get each post of this list as a mail of its own?"),
        done=N_("Each post comes as a mail of its own from now on."),
    ),
    "mailing_list.digest": Action(
        act=deliveries.choose(Mode.DAILY),
        label=N_("One digest a day"),
        ask=N_("Get the posts of this list in one mail a day?"),
        done=N_("The posts come in one mail a day, at 16:00."),
    ),
    "mailing_list.weekly": Action(
        act=deliveries.choose(Mode.WEEKLY),
        label=N_("One digest a week"),
        ask=N_("Get the posts of this list in one mail a week?"),
        done=N_("The posts come in one mail a week, on the first working day at 08:00."),
    ),
    "mailing_list.followed": Action(
        act=deliveries.choose(Mode.FOLLOWED),
        label=N_("Only threads I follow"),
        ask=N_("Get only the posts of threads that you follow or have written in?"),
        done=N_("Only threads that you follow or have written in come from now on."),
    ),
    "mailing_list.none": Action(
        act=deliveries.choose(Mode.NONE),
        label=N_("No mail"),
        ask=N_("Get no mail of this list? You stay on it, may write to it and read it here."),
        done=N_("No mail of this list comes. You are still on it."),
    ),
    "mailing_list.topic": Action(
        act=topic_choices.set_mode,
        label=N_("Topics"),
        ask=N_(
            "How shall the posts of one topic come? Threads that you follow or write in come all "
            "the same."
        ),
        done=N_("Chosen. It holds from the next post on."),
        inputs=(TOPIC, TOPIC_MODE),
    ),
    "mailing_list.pause": Action(
        act=deliveries.pause,
        label=N_("Pause"),
        ask=N_("Until when shall nothing of this list come? It starts again by itself."),
        done=N_("Paused. It starts again by itself."),
        inputs=(UNTIL,),
    ),
    "mailing_list.resume": Action(
        act=deliveries.resume,
        label=N_("End the pause"),
        ask=N_("Let the posts of this list come again now?"),
        done=N_("The posts come again."),
    ),
    "thread.follow": Action(
        act=threads.follow,
        label=N_("Follow the thread"),
        ask=N_("Get every post of this thread at once?"),
        done=N_("You follow this thread. Its posts come at once."),
    ),
    "thread.mute": Action(
        act=threads.mute,
        label=N_("Mute the thread"),
        ask=N_("Get no more posts of this thread?"),
        done=N_("Muted. No more posts of this thread come."),
    ),
    "thread.close": Action(
        act=closures.close,
        label=N_("Close the thread"),
        ask=N_("Close this thread? Answers to it go back to their authors with a word why."),
        done=N_("Closed. The thread takes no more answers."),
        style="danger",
    ),
    "thread.reopen": Action(
        act=closures.reopen,
        label=N_("Open the thread again"),
        ask=N_("Let this thread take answers again?"),
        done=N_("Open. The thread takes answers again."),
    ),
    "thread.open": Action(
        act=threads.open_to_all,
        label=N_("Answers to everybody"),
        ask=N_("Let the answers of this thread go to everybody on the list again?"),
        done=N_("Answers in this thread go to everybody on the list from now on."),
    ),
    "thread.contain": Action(
        act=threads.contain,
        label=N_("Answers to followers only"),
        ask=N_("Keep this thread among those who write in it or follow it from now on?"),
        done=N_("It goes on among those who write in it or follow it; the others get a line."),
    ),
    "digest.leave": Action(
        act=issues.leave,
        label=N_("Leave these lists"),
        ask=N_("Leave all lists of this digest? You will get no more posts."),
        done=N_("You are off the lists. You can join again at any time."),
    ),
}
