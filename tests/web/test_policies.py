"""The policy as a form: seen before it is saved, by coordinators alone."""

import pytest

from community import lists, moderation
from community.policies import Policy
from tests import builders
from tests.web.conftest import House, form_token, posted

PAGE = "/lists/postdocs@lists.example.org/policy"
ADDRESS = "postdocs@lists.example.org"


def _policy(house: House) -> Policy:
    return house.store.read_sync(lists.by_address, ADDRESS).policy


def test_what_would_change_is_seen_before_it_is_saved(sqlite_house: House) -> None:
    builders.a_list(sqlite_house.store, grace_seconds=120)
    kari = sqlite_house.signed_in(sqlite_house.people["kari"])
    wanted = {"nonmembers": "forward", "most_recipients": "5", "newcomer_posts": "1"}

    shown = kari.get(PAGE).text
    looked = kari.post(PAGE, data={**wanted, "form_token": form_token(kari)})

    assert "What happens to a post by somebody who is not on the list." in shown
    assert looked.status_code == 200
    assert "<s>10</s> → <strong>5</strong>" in looked.text
    assert "send on to the coordinators alone" in looked.text
    assert _policy(sqlite_house) == Policy()
    assert posted(kari, PAGE, **wanted, seen="yes") == 303
    assert _policy(sqlite_house) == Policy(nonmembers="forward", most_recipients=5)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Of 2 posts, 1 would have gone to the digest and 1 would have been held."),
        ("nb", "Av 2 innlegg ville 1 ha gått til oppsamlingen, og 1 ville ha blitt holdt tilbake."),
    ],
)
def test_what_the_rules_would_have_done_is_seen_before_they_are_saved(
    sqlite_house: House, language: str, said: str
) -> None:
    store, ada = sqlite_house.store, sqlite_house.people["ada"]
    list_id = builders.a_list(store, ada, grace_seconds=0)
    first = builders.a_post(store, list_id, builders.a_mail(subject="One"))
    store.run_sync(moderation.accept, first, by=sqlite_house.people["mona"], now=builders.EARLIER)
    builders.a_post(store, list_id, builders.a_mail(subject="Two & <b>more</b>"))
    kari = sqlite_house.signed_in(sqlite_house.people["kari"])
    wanted = {"threads_per_day": "1", "form_token": form_token(kari)}

    looked = kari.post(f"{PAGE}?language={language}", data=wanted).text

    assert said in looked
    assert '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 300"' in looked
    assert "/posts/2/fate" in looked
    assert "Two &amp; &lt;b&gt;more" in looked
    assert _policy(sqlite_house).threads_per_day == Policy().threads_per_day


def test_the_subject_of_what_waits_is_named_to_moderators_alone(sqlite_house: House) -> None:
    list_id = builders.a_list(sqlite_house.store, sqlite_house.people["ada"])
    builders.a_post(sqlite_house.store, list_id, builders.a_mail(subject="Nobody has this"))

    looks = {}
    for who in ("kari", "rita"):
        browser = sqlite_house.signed_in(sqlite_house.people[who])
        wanted = {"newcomer_posts": "0", "form_token": form_token(browser)}
        looks[who] = browser.post(PAGE, data=wanted).text

    assert {who: "/posts/1/fate" in text for who, text in looks.items()} == dict.fromkeys(
        looks, True
    )
    assert {who: "Nobody has this" in text for who, text in looks.items()} == {
        "kari": False,
        "rita": True,
    }


def test_a_list_without_posts_says_so(sqlite_house: House) -> None:
    builders.a_list(sqlite_house.store)
    kari = sqlite_house.signed_in(sqlite_house.people["kari"])

    looked = kari.post(PAGE, data={"threads_per_day": "1", "form_token": form_token(kari)})

    assert "No post came in the last 90 days." in looked.text
    assert "<svg xmlns" not in looked.text


def test_nothing_is_saved_that_is_impossible_or_the_same(sqlite_house: House) -> None:
    builders.a_list(sqlite_house.store, grace_seconds=120)
    kari = sqlite_house.signed_in(sqlite_house.people["kari"])

    wrong = kari.post(PAGE, data={"hold_hours": "many", "form_token": form_token(kari)})
    same = kari.post(PAGE, data={"hold_hours": "24", "form_token": form_token(kari)})

    assert (wrong.status_code, "takes a whole number" in wrong.text) == (422, True)
    assert (same.status_code, "Nothing would change." in same.text) == (200, True)
    assert _policy(sqlite_house) == Policy()
    assert kari.get("/lists/none@lists.example.org/policy").status_code == 404


def test_members_do_not_change_the_policy(sqlite_house: House) -> None:
    builders.a_list(sqlite_house.store, grace_seconds=120)
    ada = sqlite_house.signed_in(sqlite_house.people["ada"])

    assert ada.get(PAGE).status_code in (403, 404)
    assert "/policy" not in ada.get(f"/lists/{ADDRESS}/rules").text
