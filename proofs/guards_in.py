"""The guards of what comes in, and of what is decided about it."""

from proofs.guard import Guard

TAKING = (
    Guard(
        name="a list takes one mail at a time (row lock)",
        ids="A4",
        path="community/lists.py",
        old=".with_for_update(key_share=True)",
        new="",
        tests=(
            "tests/community/test_posts.py::test_the_same_mail_at_the_same_moment_is_one_post_and_no_error",
            "tests/community/test_posts.py::test_a_budget_holds_when_all_come_at_the_same_moment",
        ),
    ),
    Guard(
        name="the same mail again gives the post that is there",
        ids="A4",
        path="community/arrivals.py",
        old="    if known is None:\n",
        new="    if True:\n",
        tests=("tests/community/test_posts.py::test_the_same_mail_twice_is_one_post",),
    ),
    Guard(
        name="the same mail in one transaction is kept once",
        ids="A4",
        path="community/mailbags.py",
        old="isdisjoint((mail.message_id, *_said(mail), *_meant(mail)))",
        new="isdisjoint((*_said(mail), *_meant(mail)))",
        tests=("tests/community/test_mailbags.py::test_the_same_mail_twice_in_a_bag_is_one_post",),
    ),
    Guard(
        name="what was let in counts for the next of its transaction",
        ids="A4",
        path="community/mailbags.py",
        old="QUIET = (Decision.HOLD,",
        new="QUIET = (Decision.ACCEPT, Decision.HOLD,",
        tests=("tests/community/test_mailbags.py::test_a_budget_holds_within_a_bag",),
    ),
    Guard(
        name="a list has no two posts of one mail (unique key)",
        ids="A4",
        path="migrations/versions/0001_make_all_tables.py",
        old='        sa.UniqueConstraint("list_id", "fingerprint", name=',
        new='        sa.Index(None, "list_id", name=',
        tests=(
            "tests/reliability/test_guards.py::test_a4_the_database_itself_has_no_two_posts_of_one_mail",
        ),
    ),
    Guard(
        name="another text under the same Message-ID is another mail",
        ids="A4",
        path="mailing/substance.py",
        old="    digest.update(parted.body)\n",
        new="",
        tests=("tests/mailing/test_intake.py::test_fingerprint_differs_when_the_mail_does",),
    ),
    Guard(
        name="a press or a form has its effect once",
        ids="M4",
        path="community/receipts.py",
        old="    if not once(session, key, now):\n        raise Repeated\n",
        new="",
        tests=(
            "tests/bot/test_turns.py::test_m4_two_processes_on_either_database_do_it_once",
            "tests/community/test_receipts.py",
        ),
    ),
    Guard(
        name="what is of another workspace does nothing",
        ids="M4",
        path="bot/answering.py",
        old="if not ours.is_team_of(turn.body):",
        new="if False:",
        tests=("tests/bot/test_turns.py::test_what_is_of_another_workspace_is_refused",),
    ),
    Guard(
        name="250 is said after the commit",
        ids="A1",
        path="mailing/bundling.py",
        old="        return await taken\n",
        new="        return None  # type: ignore[return-value]\n",
        tests=("tests/mailing/test_reception_doors.py::test_a_mail_becomes_a_post_with_its_facts",),
    ),
    Guard(
        name="a commit is on the disk (synchronous=FULL)",
        ids="A1",
        path="community/engines.py",
        old="PRAGMA synchronous=FULL",
        new="PRAGMA synchronous=NORMAL",
        tests=(
            "tests/community/test_engines.py::test_sqlite_commits_are_synced_and_only_the_writer_checkpoints",
        ),
    ),
    Guard(
        name="each recipient gets a reply of its own",
        ids="A2",
        path="mailing/dialogue.py",
        old='"\\r\\n".join(answer.line() for answer in answers)',
        new="answers[0].line()",
        tests=("tests/mailing/test_dialogue.py::test_each_recipient_gets_its_own_reply_in_order",),
    ),
    Guard(
        name="a fault of ours is 451",
        ids="A3",
        path="mailing/replies.py",
        old="FAULT = Reply(code=451",
        new="FAULT = Reply(code=554",
        tests=(
            "tests/mailing/test_dialogue.py::test_a_fault_of_ours_is_temporary_and_says_nothing",
        ),
    ),
    Guard(
        name="stray CR, LF and NUL are refused",
        ids="A3",
        path="mailing/gate.py",
        old="    if has_stray_signs(raw):\n",
        new="    if False:\n",
        tests=("tests/mailing/test_gate.py::test_check_refuses",),
    ),
    Guard(
        name="mails lie in memory up to a bound, over all clients",
        ids="D8",
        path="mailing/room.py",
        old="        if wanted - held > self._free:\n",
        new="        if False:\n",
        tests=(
            "tests/mailing/test_listener.py::test_d8_a_mail_without_room_is_told_to_come_back_and_small_ones_are_taken",
            "tests/mailing/test_webhook.py::test_d8_a_mail_without_room_is_told_to_come_back_before_it_was_read",
        ),
    ),
    Guard(
        name="bytes pass the gate before a parser sees them",
        ids="A7",
        path="mailing/dialogue.py",
        old="return gate.check(raw), raw",
        new="return None, raw",
        tests=("tests/mailing/test_dialogue.py::test_a_mail_is_refused_by_its_bytes",),
    ),
    Guard(
        name="a mail that kills its reader is put aside",
        ids="A7",
        path="mailing/parser.py",
        old='raise Unread(f"the reader died of it ({death.code})", Unreadable.DEADLY) from None',
        new="raise",
        tests=(
            "tests/mailing/test_parser.py::test_a7_a_mail_that_harms_its_reader_is_unread_and_the_next_is_read",
        ),
    ),
    Guard(
        name="time alone sends nothing on that cannot be read",
        ids="A7",
        path="community/moderation.py",
        old=(
            '    if post.state == "quarantined":\n'
            "        return  # what cannot be read is never sent on by time alone\n"
            '    if post.state == "held":\n'
        ),
        new='    if post.state in ("held", "quarantined"):\n',
        tests=(
            "tests/community/test_moderation.py::test_what_cannot_be_read_is_never_sent_on_by_time_alone",
        ),
    ),
    Guard(
        name="every change of a state is in the journal",
        ids="A5",
        path="community/lifecycle.py",
        old=("    journal.write(\n        session, thing"),
        new=("    (lambda *given, **more: None)(\n        session, thing"),
        tests=(
            "tests/community/test_lifecycle.py::test_every_event_in_every_state_does_what_the_table_says",
        ),
    ),
    Guard(
        name="of two who settle one thing one wins",
        ids="A5",
        path="community/lifecycle.py",
        old="for thing in things]), model.state == old)",
        new="for thing in things]))",
        tests=(
            "tests/community/test_lifecycle.py::test_advance_is_refused_when_the_row_has_moved_under_a_stale_thing",
        ),
    ),
    Guard(
        name="only CR LF . CR LF ends a mail",
        ids="A6",
        path="mailing/endofdata.py",
        old='_END = b"\\r\\n.\\r\\n"',
        new='_END = b"\\n.\\r\\n"',
        tests=(
            "tests/mailing/test_endofdata.py",
            "tests/mailing/test_dialogue.py::test_no_second_mail_is_smuggled_in",
        ),
    ),
    Guard(
        name="no line end gets into a header",
        ids="A6",
        path="letters/field_lines.py",
        old="    if _LINE_ENDS.search(text):\n",
        new="    if False:\n",
        tests=("tests/letters/test_field_lines.py::test_nothing_ends_a_line_early",),
    ),
    Guard(
        name="a dot at the start of a line is doubled",
        ids="A6",
        path="mailing/copies.py",
        old='lines.replace(b"\\r\\n.", b"\\r\\n..")',
        new="lines",
        tests=("tests/reliability/test_guards.py::test_a6_no_line_within_a_copy_can_end_it",),
    ),
    Guard(
        name="a bounce address is ours by its HMAC (VERP)",
        ids="B1",
        path="community/tokens.py",
        old="return int(number) if right else None",
        new="return int(number)",
        tests=("tests/community/test_tokens.py::test_a_stamp_that_is_not_ours_is_none",),
    ),
    Guard(
        name="a report about a copy counts once",
        ids="B1",
        path="community/bounces.py",
        old="_GRAVITY[cause] <= _GRAVITY[Cause(bounce.cause)]",
        new="False",
        tests=(
            "tests/community/test_bounces.py::test_the_same_report_twice_changes_nothing",
            "tests/community/test_bounces.py::test_the_graver_of_two_reports_counts",
        ),
    ),
    Guard(
        name="what machines send is not answered",
        ids="B1",
        path="mailing/automatic.py",
        old='    if sender == "":',
        new="    if False:",
        tests=("tests/mailing/test_intake.py::test_read_takes_mail_without_sender_for_automatic",),
    ),
    Guard(
        name="a process that serves a file is alone",
        ids="U4",
        path="app/safety.py",
        old="fcntl.LOCK_EX | fcntl.LOCK_NB",
        new="fcntl.LOCK_SH | fcntl.LOCK_NB",
        tests=(
            "tests/app/test_safety.py::test_u4_a_second_process_on_the_same_file_is_refused_in_one_line",
        ),
    ),
)
