"""Everything that time does: the steps that acts have planned, and what comes again and again.

Two tables, nothing else: `STEPS` names the act of each step, `JOBS` the act and the hour of each
schedule. `Scheduler` rings; the database knows what is due, so a missed, late or doubled ring is
harmless and two processes that ring do each thing once.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger

from community import (
    address_requests,
    announcements,
    asking,
    bulks,
    conservation,
    digests,
    dockets,
    expectations,
    gatherings,
    home_views,
    house_posts,
    inquiries,
    join_replies,
    join_requests,
    linking,
    meetings,
    meetups,
    moderation,
    outsiders,
    rations,
    receipts,
    releases,
    removals,
    schedules,
    searches,
    sessions,
    stays,
    steps,
    suppressions,
    weighing,
)
from community.calendar import Calendar
from community.clock import Clock
from community.conservation import Broken
from community.store import DATABASE_AWAY, Session, Store, calendar_of
from letters import monthly_letters

log = structlog.get_logger()

#: When weekly digests are made, on the first working day of the week.
WEEKLY_AT = time(8)
#: When lists get their monthly letter, on the first working day of the month.
MONTHLY_AT = time(9)

#: The act of each step: `act(session, object_id, *, detail, due_at, now)`.
STEPS: Mapping[str, steps.StepAct] = {
    "join_request.answer": join_requests.answer,
    "join_request.expire": join_requests.expire,
    "post.pass_on": outsiders.tell,
    "post.report": outsiders.tell_report,
    "post.expire": moderation.expire,
    "post.count": asking.count,
    "bulk.carry_out": bulks.carry_out,
    "mailing_list.ask": dockets.ask,
    "mailing_list.look": dockets.look,
    "post.weigh": weighing.weigh,
    "address.weigh": weighing.weigh_address,
    "address.clear": suppressions.clear,
    "post.release": releases.release,
    "meetup.end": meetups.end,
    "gathering.remind": gatherings.remind,
    "gathering.end": gatherings.end,
    "announcement.send": announcements.send,
    "mentorship.nudge": expectations.nudge,
    "meeting.remind": meetings.remind,
}


@dataclass(frozen=True)
class Job:
    """Something that comes every day at one hour of the house's wall clock, or every hour."""

    name: str
    #: `act(session, *, meant, now)`; with a `look` it gets also what that found, as `found`.
    act: Callable[..., object]
    #: None: every hour.
    hour: int | None
    minute: int
    #: `look(session, *, now)` reads beside everybody who writes; for what takes long to find.
    look: Callable[..., object] | None = None

    def trigger(self, zone: object) -> CronTrigger:
        """Return when it rings; never 02:00-02:59, which some nights have twice or not at all."""
        hour = "*" if self.hour is None else self.hour
        return CronTrigger(hour=hour, minute=self.minute, timezone=zone)

    def following(self, now: datetime, *, zone: object) -> datetime:
        """Return the first moment after `now` at which it is due."""
        moment: datetime = self.trigger(zone).get_next_fire_time(now, now)
        return moment


def _digests(session: Session, *, meant: datetime, now: datetime) -> None:
    digests.make_due(session, now=now)


def _dockets(session: Session, *, meant: datetime, now: datetime) -> None:
    # A service that was down in the morning makes up for it on the same day.
    calendar = calendar_of(session)
    dockets.make_for_the_day(session, today=calendar.local(now).date(), now=now)


def _tidying(session: Session, *, meant: datetime, now: datetime) -> None:
    dockets.forget_old(session, now=now)
    receipts.forget_old(session, now=now)
    sessions.forget_old(session, now=now)
    rations.forget_old(session, now=now)
    join_requests.forget_old(session, now=now)
    join_replies.forget_old(session, now=now)
    inquiries.forget_old(session, now=now)
    address_requests.forget_old(session, now=now)
    home_views.forget_old(session, now=now)
    linking.forget_old(session, now=now)
    bulks.forget_old(session, now=now)


def _weekly_digests(session: Session, *, meant: datetime, now: datetime) -> None:
    since, until = _mornings(calendar_of(session), WEEKLY_AT, meant=meant, now=now)
    digests.make_weekly(session, since=since, until=until, now=now)


def _monthly_letters(session: Session, *, meant: datetime, now: datetime) -> None:
    since, until = _mornings(calendar_of(session), MONTHLY_AT, meant=meant, now=now)
    house_posts.write_monthly(session, monthly_letters.write, since=since, until=until, now=now)


def _mornings(calendar: Calendar, at: time, *, meant: datetime, now: datetime) -> tuple[date, date]:
    """Return the days of a job that rings every morning and means the first working day of some.

    All mornings since it was last meant to: a service that was down that day makes up for it (T3).
    """
    last = calendar.local(now).date()
    if calendar.at_local(last, at) > now:
        last -= timedelta(days=1)
    return calendar.local(meant).date(), last


def _stays(session: Session, *, meant: datetime, now: datetime) -> None:
    # As of now, also where the service was down: nobody is told that a day will come which is over.
    today = calendar_of(session).local(now).date()
    stays.end(session, today=today, now=now)
    stays.tell(session, today=today, now=now)


def _check(session: Session, *, found: Sequence[Broken], meant: datetime, now: datetime) -> None:
    conservation.keep(session, found, now=now)
    for broken in found:
        log.error("check.broken", check=broken.name, count=broken.count, ids=broken.ids)


def _keeping(session: Session, *, meant: datetime, now: datetime) -> None:
    removals.forget_old(session, now=now)


def _indexing(session: Session, *, meant: datetime, now: datetime) -> None:
    searches.take_up(session)


JOBS = (
    Job("digest", _digests, hour=digests.DAILY_AT.hour, minute=digests.DAILY_AT.minute),
    Job("weekly_digest", _weekly_digests, hour=WEEKLY_AT.hour, minute=WEEKLY_AT.minute),
    Job("monthly_letter", _monthly_letters, hour=MONTHLY_AT.hour, minute=MONTHLY_AT.minute),
    Job("dockets", _dockets, hour=dockets.MORNING.hour, minute=dockets.MORNING.minute),
    Job("tidying", _tidying, hour=4, minute=30),
    Job("stays", _stays, hour=5, minute=10),
    Job("check", _check, hour=None, minute=20, look=conservation.recently_broken),
    Job("indexing", _indexing, hour=None, minute=50),
    Job("keeping", _keeping, hour=None, minute=35),
)


class Scheduler:
    """Rings the jobs and takes the steps, in every process that has the clock role.

    APScheduler rings at the hours of `JOBS`; whatever else is due, `watching.py` rings for.
    """

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store, self.clock = store, clock
        self.zone = store.calendar.zone
        self._bell = AsyncIOScheduler(timezone=self.zone)
        self._one_sweep = asyncio.Lock()

    async def start(self) -> None:
        """Make sure every schedule has its row, and begin to ring."""
        await self.prepare()
        options = {"coalesce": True, "misfire_grace_time": None, "max_instances": 1}
        for job in JOBS:
            self._bell.add_job(self.sweep, job.trigger(self.zone), id=job.name, **options)
        self._bell.start()

    async def prepare(self) -> None:
        """Make sure every schedule has its row."""
        for job in JOBS:
            following = job.following(self.clock.now(), zone=self.zone)
            await self.store.run(schedules.ensure, job.name, next_at=following)

    async def stop(self) -> None:
        """Stop ringing; what is being done is finished."""
        if self._bell.running:
            self._bell.shutdown(wait=False)
        async with self._one_sweep:
            pass

    async def work(self, bell: asyncio.Event) -> None:
        """Sweep for ever, whenever the bell rings (`watching.py`)."""
        while True:
            await bell.wait()
            bell.clear()
            try:
                await self.sweep()
            except Exception:
                # A database that takes no writes is not away: it says so, and comes back.
                log.exception("scheduler.broke")

    async def sweep(self) -> int:
        """Do everything that is due now, in order; return how many jobs and steps were done."""
        async with self._one_sweep:
            try:
                return await self._fire_jobs() + await self._take_steps()
            except DATABASE_AWAY:
                log.warning("scheduler.database_away")
                return 0

    async def _fire_jobs(self) -> int:
        fired = 0
        names = await self.store.read(schedules.due_names, now=self.clock.now())
        for job in JOBS:
            if job.name not in names:
                continue
            now = self.clock.now()
            try:
                fired += await self._fire(job, now=now)
            except DATABASE_AWAY:
                raise
            except Exception:
                log.exception("scheduler.job_failed", job=job.name)
                await self.store.run(schedules.push_on, job.name, now=now)
        return fired

    async def _fire(self, job: Job, *, now: datetime) -> bool:
        act = job.act
        if job.look is not None:
            act = partial(act, found=await self.store.read(job.look, now=now))
        following = partial(job.following, zone=self.zone)
        return await self.store.run(schedules.fire, job.name, act, following=following, now=now)

    async def _take_steps(self) -> int:
        taken = 0
        while (step_id := await self.store.read(steps.first_due, now=self.clock.now())) is not None:
            now = self.clock.now()
            try:
                done = await self.store.run(steps.take, STEPS, step_id, now=now)
            except DATABASE_AWAY:
                raise
            except Exception as fault:
                log.exception("scheduler.step_failed", step=step_id)
                error = f"internal fault: {type(fault).__name__}"
                await self.store.run(steps.push_on, step_id, error=error, now=now)
                continue
            if not done:
                break  # another process has it; the next sweep looks again
            taken += 1
        return taken
