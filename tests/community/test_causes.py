"""Each way in which hosts refuse mail, and whose fault it is."""

import pytest

from community.causes import Cause, Report, cause_of, refusal


def failed(status: str, diagnostic: str = "") -> Report:
    return Report(action="failed", status=status, diagnostic=diagnostic)


@pytest.mark.parametrize(
    ("status", "diagnostic", "cause"),
    [
        ("5.1.1", "", Cause.GONE),
        ("5.1.2", "Host or domain name not found", Cause.GONE),
        ("5.1.10", "RESOLVER.ADR.RecipientNotFound", Cause.GONE),
        ("5.2.1", "The email account that you tried to reach is disabled", Cause.GONE),
        ("5.2.1", "is receiving mail at a rate that prevents", Cause.SOFT),
        ("5.2.2", "mailbox full", Cause.SOFT),
        ("4.2.2", "mailbox full", Cause.SOFT),
        ("5.4.4", "Name service error", Cause.SOFT),
        ("5.4.1", "Recipient address rejected: Access denied. [AS(201806281)]", Cause.GONE),
        ("5.5.0", "Requested action not taken: mailbox unavailable, user unknown", Cause.GONE),
        ("5.5.2", "Syntax error", Cause.CONTENT),
        ("5.4.1", "", Cause.SOFT),
        ("5.3.0", "Other mail system problem", Cause.SOFT),
        ("5.0.0", "Disk quota exceeded", Cause.SOFT),
        ("5.0.0", "I'm not going to try again; it was in the queue too long", Cause.SOFT),
        ("4.4.7", "Message expired: <421 4.4.2 Connection timed out>", Cause.SOFT),
        ("4.4.7", "", Cause.SOFT),
        # Full, although the number says that there is nobody.
        ("5.1.1", "552 sorry, mailbox kari@example.org is over quota", Cause.SOFT),
        ("5.1.0", "Unknown address error 550-'5.2.2 Mailbox Full'", Cause.SOFT),
        ("5.1.1", "550 postboksen er full", Cause.SOFT),
        ("5.1.1", "550 user is over the quota", Cause.SOFT),
        ("5.1.1", "552 not enough storage space", Cause.SOFT),
        ("5.0.0", "550 account disabled for exceeding receiving limits", Cause.SOFT),
        # Nobody, although the number says anything or nothing.
        ("5.0.0", "550 Mailbox not known", Cause.GONE),
        ("5.0.0", "550 there is no one at this address", Cause.GONE),
        ("5.1.0", "550 Address rejected", Cause.GONE),
        ("5.2.0", "550 Unknown user kari@example.org", Cause.GONE),
        ("5.3.0", "553 5.3.0 <kari@example.org>... No such user here", Cause.GONE),
        ("5.0.0", "554 dd This user doesn't have a example.org account (kari@) [0]", Cause.GONE),
        ("5.0.0", "User Kari Vik not listed in Domino Directory", Cause.GONE),
        ("5.1.351", "Remote server returned unknown recipient", Cause.GONE),
        ("", "550 Mottakeren finnes ikke", Cause.GONE),
        ("5.0.0", "Unrouteable address", Cause.GONE),
        ("", "550 ukjent mottaker", Cause.GONE),
        # Our mail, our relay, our domain: never the reader's fault, whatever number it has.
        ("5.7.1", "", Cause.CONTENT),
        ("5.7.26", "DMARC policy", Cause.CONTENT),
        ("5.7.515", "Access denied, sending domain does not meet", Cause.CONTENT),
        ("5.1.1", "rejected, 198.51.100.7 is on a block list (zen.spamhaus.org)", Cause.CONTENT),
        ("5.1.7", "invalid address", Cause.CONTENT),
        ("5.1.8", "Sender address rejected: Domain not found", Cause.CONTENT),
        ("5.1.90", "you've reached your daily limit for recipients", Cause.CONTENT),
        ("5.1.0", "550-'5.7.1 <x@example.net>... Access denied'", Cause.CONTENT),
        ("5.1.0", "550 192.0.2.2 is not allowed to send per its SPF Record", Cause.CONTENT),
        ("5.1.0", "553 a.example.net does not exist E2110", Cause.CONTENT),  # our own name
        ("5.1.1", "550 192.0.2.2 has sent to too many recipients this hour", Cause.CONTENT),
        ("5.1.3", "553 http://www.spamhaus.org/query/bl?ip=192.0.2.2", Cause.CONTENT),
        ("5.2.0", "550 5.2.0 Mail rejete. Mail rejected. ofr_506", Cause.CONTENT),
        ("5.2.0", "550 5.2.0 Message Filtered", Cause.CONTENT),
        ("5.2.122", "RESOLVER.RST.RecipientRateLimitExceeded", Cause.CONTENT),
        ("5.2.2", "STOREDRV.Submission.Exception:SubmissionQuotaExceeded", Cause.CONTENT),
        ("5.4.1", "541 5.4.1 Mail rejected by destination domain", Cause.CONTENT),
        # What Postfix begins all refusals with says nothing; what follows does.
        ("5.0.0", "554 <kari@example.org>: Recipient address rejected: On hold", Cause.CONTENT),
        ("5.6.0", "550 5.6.0 Recipient address rejected: Media error", Cause.CONTENT),
        ("5.3.0", "554 5.3.0 Recipient address rejected: Internal system error", Cause.SOFT),
        # Sendmail's number for each 550 that has none.
        ("5.1.1", "550 go away", Cause.CONTENT),
        ("5.1.1", "550 Closed mailing list", Cause.CONTENT),
        ("5.1.1", "550 No such user here", Cause.GONE),
        # Greylisting and block lists, for so long that the mail was given up.
        ("4.7.1", "Greylisted", Cause.CONTENT),
        ("4.7.0", "421 4.7.0 [TSS04] deferred due to user complaints", Cause.CONTENT),
        ("4.7.650", "rate limited due to IP reputation", Cause.CONTENT),
        ("4.3.2", "452 4.3.2 Connection rate limit exceeded", Cause.CONTENT),
        ("4.4.7", "450 4.7.1 Client host rejected: may not be mail exchanger", Cause.CONTENT),
        (
            "4.0.0",
            "554 Blocked - see https://a.example.com/dnsbl-lookup?ip=192.0.2.2",
            Cause.CONTENT,
        ),
        ("5.0.0", "571 No PTR Record found. Reverse DNS required", Cause.CONTENT),
        ("5.0.0", "550 Ip frequency limited [V2Vk/ Blocked IP 192.0.2.2]", Cause.CONTENT),
        (
            "5.0.0",
            "554 email rejected due to security policies - MCSpamSignature.sa.2",
            Cause.CONTENT,
        ),
        ("5.0.0", "554 Host network not allowed", Cause.CONTENT),
        ("5.0.0", "550 avvist som søppelpost", Cause.CONTENT),
        # Nobody says why: nobody is blamed.
        ("5.0.0", "", Cause.CONTENT),
        ("5.0.0", "550 Rejected", Cause.CONTENT),
        ("5.0.0", "554 Transaction failed", Cause.CONTENT),
        ("5.0.0", "Remote host said: 554 no thanks Giving up on 192.0.2.25.", Cause.CONTENT),
        ("5.2.3", "too long", Cause.CONTENT),
        ("5.3.4", "Message size exceeds fixed limit", Cause.CONTENT),
        ("5.6.0", "conversion", Cause.CONTENT),
        # What stands in an address or a link is no word of the host.
        ("5.1.1", "<spam@example.org>: see https://example.org/policy: User unknown", Cause.GONE),
        ("5.1.1", "host spam.example.org[192.0.2.25] said: 550 5.1.1 User unknown", Cause.GONE),
        ("5.1.1", "host barracuda.example.org [2001:db8::1]: 550 no such user", Cause.GONE),
    ],
)
def test_a_failure_is_judged_by_its_number_and_its_words(
    status: str, diagnostic: str, cause: Cause
) -> None:
    assert cause_of(failed(status, diagnostic)) is cause


@pytest.mark.parametrize(
    ("action", "cause"),
    [
        ("delayed", Cause.PASSING),
        ("delivered", Cause.PASSING),
        ("relayed", Cause.PASSING),
        ("expanded", Cause.PASSING),
        ("feedback", Cause.PASSING),
        ("complaint", Cause.COMPLAINT),
        ("", Cause.UNKNOWN),
    ],
)
def test_what_is_no_failure_is_none_whatever_its_number(action: str, cause: Cause) -> None:
    assert cause_of(Report(action=action, status="5.1.1", diagnostic="User unknown")) is cause


@pytest.mark.parametrize(
    ("words", "status", "cause"),
    [
        ("550 5.1.1 <kari@example.org>: User unknown", "5.1.1", Cause.GONE),
        ("550 No such user here", "5.0.0", Cause.GONE),
        ("552 over quota", "5.2.2", Cause.SOFT),
        ("554 5.7.1 Message rejected as spam", "5.7.1", Cause.CONTENT),
        ("451 4.7.1 Greylisted", "4.7.1", Cause.CONTENT),
        ("554 host 192.0.2.25 says 5.1.2.3 no", "5.0.0", Cause.CONTENT),  # a piece of an IP address
    ],
)
def test_the_relays_refusal_is_judged_alike(words: str, status: str, cause: Cause) -> None:
    report = refusal(words)

    assert report == Report(action="failed", status=status, diagnostic=words)
    assert report is not None
    assert cause_of(report) is cause


@pytest.mark.parametrize(
    "words",
    ["", "the relay cannot be reached", "in doubt: the line broke", "not a mail address", "5500 x"],
)
def test_what_the_relay_never_said_is_no_report(words: str) -> None:
    assert refusal(words) is None


@pytest.mark.parametrize(
    ("about", "cause"),
    [
        ("", Cause.GONE),
        ("kari.vik@example.org", Cause.GONE),
        ("kariv@mail.example.org", Cause.GONE),  # one of the many names that a house has for her
        ("kari.vik@uni.mail.onmicrosoft.com", Cause.GONE),  # the same house, as Microsoft names it
        ("kari@old.example.com", Cause.PASSING),
        ("kari@org", Cause.PASSING),
    ],
)
def test_nobody_is_blamed_for_where_they_have_their_mail_forwarded_to(
    about: str, cause: Cause
) -> None:
    report = Report(action="failed", status="5.1.1", diagnostic="User unknown", about=about)

    assert cause_of(report, to="kari.vik@staff.example.org") is cause
    assert cause_of(report) is Cause.GONE
