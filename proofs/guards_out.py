"""The guards of what goes out: claims, lanes, copies, digests."""

from proofs.guard import Guard

SENDING = (
    Guard(
        name="a row that was claimed again is not settled (fence)",
        ids="D3",
        path="community/settling.py",
        old=("        table.c.claims == rows.c.fence,\n        table.c.state =="),
        new="        table.c.state ==",
        tests=(
            "tests/community/test_due.py::test_settle_leaves_a_row_alone_that_somebody_else_has_claimed_since",
        ),
    ),
    Guard(
        name="a row that was cancelled is not settled (state)",
        ids="D3",
        path="community/settling.py",
        old='rows.c.fence,\n        table.c.state == "due",\n',
        new="rows.c.fence,\n",
        tests=(
            "tests/community/test_due.py::test_cancel_wins_over_a_retry_of_what_is_being_tried",
        ),
    ),
    Guard(
        name="a row is begun only in the first half of its lease",
        ids="D3",
        path="scheduler/claims.py",
        old="return self.clock.now() <= row.next_at - self._half_lease",
        new="return True",
        tests=(
            "tests/scheduler/test_delivery.py::test_a_row_that_waited_half_its_lease_is_left_to_the_next_claim",
        ),
    ),
    Guard(
        name="nothing is sent that a lease may not outlive",
        ids="D3",
        path="scheduler/claims.py",
        old="return self.clock.now() <= row.next_at - self._quarter_lease",
        new="return True",
        tests=(
            "tests/scheduler/test_delivery_leases.py::test_d3_a_row_whose_lease_may_end_while_it_is_sent_is_given_back_unsent",
        ),
    ),
    Guard(
        name="a lane sends nothing before its last outcome is on disk",
        ids="D2",
        path="scheduler/drain.py",
        old=("            await page\n            is_on_time"),
        new="            is_on_time",
        tests=(
            "tests/reliability/test_guards.py::test_d2_a_lane_sends_nothing_before_its_last_outcome_is_on_disk",
        ),
    ),
    Guard(
        name="a claim picks its rows once (CTE)",
        ids="D3",
        path="community/due.py",
        old=("        .with_for_update(skip_locked=True)\n        .cte("),
        new=("        .with_for_update(skip_locked=True)\n        .subquery("),
        tests=(
            "tests/reliability/test_guards.py::test_d3_a_claim_takes_no_more_than_its_limit_however_it_is_planned",
        ),
    ),
    Guard(
        name="a claim of deliveries picks them once (CTE)",
        ids="D3",
        path="community/turns.py",
        old='turn.join(theirs, true())).cte("picked")',
        new='turn.join(theirs, true())).subquery("picked")',
        tests=(
            "tests/reliability/test_guards.py::test_d3_a_claim_of_deliveries_takes_no_more_than_its_limit_however_it_is_planned",
        ),
    ),
    Guard(
        name="two claims at once have no row in common (SKIP LOCKED)",
        ids="D3",
        path="community/due.py",
        old="        .with_for_update(skip_locked=True)\n",
        new="",
        tests=(
            "tests/reliability/test_guards.py::test_d3_claims_at_the_same_moment_have_no_row_in_common",
        ),
    ),
    Guard(
        name="two claims of deliveries at once have no row in common",
        ids="D3",
        path="community/turns.py",
        old="        .with_for_update(skip_locked=True)\n",
        new="",
        tests=(
            "tests/reliability/test_guards.py::test_d3_claims_of_deliveries_at_the_same_moment_have_no_row_in_common",
        ),
    ),
    Guard(
        name="a step is taken by one process (row lock)",
        ids="D3",
        path="community/steps.py",
        old="        .with_for_update(skip_locked=True)\n",
        new="",
        tests=(
            "tests/community/test_steps.py::test_take_of_what_another_process_is_doing_leaves_it_alone",
        ),
    ),
    Guard(
        name="what a killed process held is given back at the start",
        ids="D1",
        path="community/due.py",
        old=".values(next_at=now, claimed_by=None)",
        new=".values(claimed_by=None)",
        tests=(
            "tests/community/test_due.py::test_give_back_frees_what_is_leased_and_nothing_else",
        ),
    ),
    Guard(
        name="a delivery is put once (unique key)",
        ids="D1, D2",
        path="community/insertions.py",
        old="statement.on_conflict_do_nothing(index_elements=[key])",
        new="statement",
        tests=("tests/community/test_insertions.py::test_once_adds_only_keys_that_are_new",),
    ),
    Guard(
        name="no address ends a command",
        ids="D7",
        path="mailing/copies.py",
        old="return str(addresses.parse(address))",
        new="return address",
        tests=("tests/reliability/test_guards.py::test_d7_no_address_ends_a_command",),
    ),
    Guard(
        name="how a post leaves is settled once, for all copies",
        ids="D2",
        path="community/departures.py",
        old="    if departure is None:\n",
        new="    if departure is None or True:\n",
        tests=("tests/community/test_departures.py::test_what_is_settled_first_stays",),
    ),
    Guard(
        name="a lost answer to the dot is a doubt, and tried again",
        ids="D2",
        path="mailing/outcomes.py",
        old='confirmed the mail", permanent=False',
        new='confirmed the mail", permanent=True',
        tests=(
            "tests/reliability/test_guards.py::test_d2_a_lost_answer_to_the_dot_is_a_doubt_and_tried_again",
        ),
    ),
    Guard(
        name="4xx is tried again",
        ids="D4",
        path="mailing/outcomes.py",
        old=(
            "    if code < 500:\n"
            '        # "Try again later" in so many words; greylisting is one.\n'
            "        return Undelivered(reason, permanent=False)"
        ),
        new=("    if code < 500:\n        return Undelivered(reason, permanent=True)"),
        tests=(
            "tests/mailing/test_pipelined.py::test_each_outcome_says_what_it_means_and_the_next_copy_goes",
        ),
    ),
    Guard(
        name="each post has its turn in each claim",
        ids="D5",
        path="community/turns.py",
        old='"share": max(1, taking.limit // len(turns))',
        new='"share": taking.limit',
        tests=(
            "tests/community/test_turns.py::test_a_small_post_is_in_the_next_claim_however_long_the_line",
        ),
    ),
    Guard(
        name="a post is in one digest of a person",
        ids="G1",
        path="community/digests.py",
        old="return entry.digest_id.is_(None) & exists(reader)",
        new="return exists(reader)",
        tests=(
            "tests/community/test_digests.py::test_each_post_is_in_one_digest_and_its_contents_stay",
        ),
    ),
    Guard(
        name="one maker of digests at a time",
        ids="G1",
        path="community/digests.py",
        old="every_list.with_for_update()",
        new="every_list",
        tests=(
            "tests/community/test_digests.py::test_many_makers_at_the_same_moment_make_one_digest",
        ),
    ),
)
