"""The guards against what happens once a year, each with the test that fails without it."""

from __future__ import annotations

from typing import Final, NamedTuple


class Mutation(NamedTuple):
    """A guard, the text of a file that it is, what stands there without it, and the test that fails then."""

    guard: str
    file: str
    text: str
    without: str
    test: str


MUTATIONS: Final = (
    Mutation(
        "an old attempt waits for the one that is under way",
        "bot/deliver/dispatcher.py",
        "may_be_under_way = item.unanswered and abs(looked_at - item.attempt_at) < IN_FLIGHT",
        "may_be_under_way = False",
        "tests/deliver/dispatcher/test_dispatcher.py::"
        "test_after_a_restart_an_old_attempt_waits_as_well_for_the_one_that_is_under_way",
    ),
    Mutation(
        "behind a try that may have been accepted no other one leaves",
        "bot/deliver/wire.py",
        "if tries.once and tries.is_open:",
        "if False:",
        "tests/deliver/test_channel.py::test_a_try_that_may_have_been_accepted_is_the_last_one",
    ),
    Mutation(
        "a request that ran out of time is not taken for one that never left",
        "bot/deliver/channel.py",
        "if tries.may_be_there(answered=isinstance(error, discord.HTTPException)):",
        "if False:",
        "tests/deliver/test_channel.py::test_a_silent_server_is_given_up",
    ),
    Mutation(
        "no error makes the first attempt forgotten",
        "bot/store/outbox.py",
        "unanswered = coalesce(:unanswered, unanswered)",
        "unanswered = coalesce(:unanswered, unanswered), first_attempt_at = NULL",
        "tests/deliver/dispatcher/test_dispatcher.py::test_no_error_makes_the_first_attempt_forgotten",
    ),
    Mutation(
        "nobody overtakes a post whose answer may still come",
        "bot/deliver/dispatcher.py",
        """reason=PostReasonCode.UNDER_WAY))
        return _lets_pass(item)""",
        """reason=PostReasonCode.UNDER_WAY))
        return True""",
        "tests/deliver/dispatcher/test_dispatcher_order.py::test_nobody_overtakes_a_post_whose_answer_may_still_come",
    ),
    Mutation(
        "a history that may not be read is not taken for an empty one",
        "bot/deliver/channel.py",
        """if lacking and not lacking.isdisjoint({"read_messages", "read_message_history"}):""",
        "if False:",
        "tests/deliver/test_permissions.py::test_a_history_that_may_not_be_read_is_no_empty_one",
    ),
    Mutation(
        "pictures that are too large are left out",
        "bot/deliver/channel.py",
        "if error.status == 413 or error.code == TOO_LARGE:",
        "if False:",
        "tests/deliver/test_permissions.py::test_pictures_that_are_too_large_are_left_out_at_once",
    ),
    Mutation(
        "without Embed Links a post is plain text",
        "bot/deliver/channel.py",
        """if "embed_links" in lacking:""",
        "if False:",
        "tests/deliver/test_permissions.py::test_without_embeds_a_post_is_plain_text_with_its_buttons",
    ),
    Mutation(
        "attempts are dated in Discord's time",
        "bot/deliver/dispatcher.py",
        "return int(self._publisher.now())",
        "return self._now()",
        "tests/deliver/dispatcher/test_clocks.py::test_a_lost_answer_is_found_although_the_clocks_differ",
    ),
    Mutation(
        "a clock that is set back makes no post wait longer",
        "bot/deliver/dispatcher.py",
        "elif now < before[0]:",
        "elif False:",
        "tests/deliver/dispatcher/test_clocks.py::test_a_clock_that_is_set_back_makes_no_post_wait_longer",
    ),
    Mutation(
        "what may have been posted before a backup was restored is looked for",
        "bot/deliver/dispatcher.py",
        "before=self._recall.before",
        "before=0",
        "tests/deliver/dispatcher/test_restored.py::test_what_was_posted_since_the_backup_is_not_posted_again",
    ),
    Mutation(
        "a post that failed very often lets the others pass",
        "bot/deliver/dispatcher.py",
        "return item.attempts >= outbox.HOLDS",
        "return False",
        "tests/deliver/dispatcher/test_dispatcher.py::test_a_post_that_was_tried_very_often_does_not_hold_up_those_behind_it",
    ),
    Mutation(
        "a post that failed very often holds up nobody while it waits",
        "bot/store/outbox.py",
        "attempts BETWEEN 1 AND {HOLDS}",
        "attempts >= 1",
        "tests/deliver/dispatcher/test_dispatcher.py::test_a_post_that_was_tried_very_often_does_not_hold_up_those_behind_it",
    ),
    Mutation(
        "a post that was tried is never dropped as unwanted",
        "bot/deliver/dispatcher.py",
        "if reason is None or item.attempts:",
        "if reason is None:",
        "tests/deliver/dispatcher/test_backlog.py::test_a_post_that_was_tried_is_made_although_nobody_wants_its_kind_any_more",
    ),
    Mutation(
        "a request has its time, whatever discord.py repeats",
        "bot/deliver/channel.py",
        "async with asyncio.timeout(PATIENCE):",
        "async with asyncio.timeout(None):",
        "tests/deliver/test_channel.py::test_a_silent_server_is_given_up",
    ),
    Mutation(
        "the time of a request is over while its nonce holds",
        "bot/deliver/channel.py",
        "PATIENCE = 75.0",
        "PATIENCE = 300.0",
        "tests/deliver/test_channel.py::test_patience_outlasts_a_short_rate_limit_and_ends_while_the_nonce_still_holds",
    ),
    Mutation(
        "a hiccup of posting is no alert",
        "bot/watch/alerts.py",
        "return self._clock.monotonic() - since >= PATIENCE.get(concern.code, 0)",
        "return True",
        "tests/watch/test_alerts.py::test_posts_that_do_not_get_through_are_told_when_it_lasts",
    ),
    Mutation(
        "a long rate limit is given back",
        "bot/client.py",
        "            max_ratelimit_timeout=60,\n",
        "",
        "tests/test_client.py::test_a_long_rate_limit_is_given_back_and_not_slept_through",
    ),
    Mutation(
        "nothing is dispatched once the bot is closed",
        "bot/client.py",
        "if not self.is_closed():",
        "if True:",
        "tests/test_client.py::test_nothing_is_dispatched_once_the_bot_is_closed",
    ),
    Mutation(
        "who is cancelled waits until his transaction is over",
        "bot/store/file/database.py",
        "                await asyncio.wait([done])\n",
        "",
        "tests/store/file/test_database.py::test_a_caller_that_is_cancelled_leaves_a_whole_transaction",
    ),
    Mutation(
        "a transaction is the only one that writes from its beginning on",
        "bot/store/file/database.py",
        "BEGIN IMMEDIATE",
        "BEGIN",
        "tests/store/file/test_database.py::test_nobody_else_writes_between_what_a_transaction_reads_and_what_it_writes",
    ),
    Mutation(
        "the writer waits where the database is locked",
        "bot/store/file/database.py",
        'con.execute(f"PRAGMA busy_timeout = {int(patience * 1000)}")',
        'con.execute("PRAGMA busy_timeout = 0")',
        "tests/store/file/test_database.py::test_a_database_that_is_locked_for_a_moment_is_waited_for",
    ),
    Mutation(
        "the reader waits where the database is locked",
        "bot/store/file/database.py",
        '            await con.execute(f"PRAGMA busy_timeout = {int(BUSY_SECONDS * 1000)}")\n',
        '            await con.execute("PRAGMA busy_timeout = 0")\n',
        "tests/store/file/test_database.py::test_a_database_that_is_locked_for_a_moment_is_waited_for",
    ),
    Mutation(
        "foreign keys hold in a database that was there before",
        "bot/store/file/database.py",
        '        con.execute("PRAGMA foreign_keys = ON")\n',
        "",
        "tests/store/file/test_database.py::test_no_round_is_without_its_parent_in_a_database_that_was_there",
    ),
    Mutation(
        "a file that vanished or changed is looked at again",
        "bot/ingest/poller.py",
        "case FileChanged() | FileVanished() if self._misread.get(job.entry.name) != job.entry:",
        "case FileChanged() if self._misread.get(job.entry.name) != job.entry:",
        "tests/ingest/test_poller.py::"
        "test_a_file_that_vanishes_between_look_and_read_and_comes_back_is_looked_at_again",
    ),
    Mutation(
        "what is on disk is compared by its hash",
        "bot/ingest/repair.py",
        " or local.size != stored.size or _sha256(self._mirror.read(name)) != stored.sha256:",
        " or local.size != stored.size:",
        "tests/ingest/test_repair.py::test_a_file_of_the_same_length_with_another_content_is_missing_too",
    ),
    Mutation(
        "bytes that are damaged in the database are not restored",
        "bot/ingest/repair.py",
        "if data is None or _sha256(data) != known.sha256:",
        "if data is None:",
        "tests/ingest/test_repair.py::test_bytes_that_are_damaged_in_the_database_come_from_the_server",
    ),
    Mutation(
        "another file of the server's is not restored",
        "bot/ingest/repair.py",
        "            if _sha256(data) != known.sha256:\n",
        "            if False:\n",
        "tests/ingest/test_repair.py::test_another_file_under_the_same_name_is_no_restoration",
    ),
    Mutation(
        "a download that differs from what was imported is told",
        "bot/ingest/repair.py",
        "if stored is not None and stored.sha256 != _sha256(answer):",
        "if False:",
        "tests/ingest/test_repair.py::test_a_download_that_is_not_what_was_imported_is_told",
    ),
    Mutation(
        "one or two letters are not taken for a player",
        "bot/store/questions/people/names.py",
        "len(best) == 1 and len(wanted) >= FEWEST and wanted in alias",
        "len(best) == 1 and wanted in alias",
        "tests/store/questions/people/test_names.py::test_one_or_two_letters_are_no_name_even_where_only_one_begins_like_it",
    ),
    Mutation(
        "a repair that nobody knows is answered with a sentence",
        "cogs/admin/repairs.py",
        "return RepairKind(what) if what in [*RepairKind] else None",
        "return RepairKind(what)",
        "tests/cogs/admin/test_sync_repairs.py::test_a_button_of_an_unknown_repair_says_so_and_does_nothing",
    ),
    Mutation(
        "a repair that nobody knows is not carried out",
        "cogs/admin/repairs.py",
        " or age > CONFIRM or kind is None:",
        " or age > CONFIRM:",
        "tests/cogs/admin/test_sync_repairs.py::test_a_button_of_an_unknown_repair_says_so_and_does_nothing",
    ),
    Mutation(
        "no mtime outvotes the end that a file says itself",
        "bot/domain/game/pairing.py",
        "if filed.dating is not Dating.STAMP:",
        "if False:",
        "tests/domain/game/pairs/test_pairing_clocks.py::test_no_mtime_puts_right_what_a_file_says_itself",
    ),
    Mutation(
        "of two scripts' copies that are level the one that tells more counts",
        "bot/domain/game/twins.py",
        "return len(report.players), damage, told, filed.ended_at",
        "return len(report.players), damage, 0, filed.ended_at",
        "tests/domain/game/pairs/test_twins.py::test_of_two_scripts_files_that_are_level_our_own_counts_in_both_rounds",
    ),
    Mutation(
        "a file that does not tell who killed whom is not one in which nobody was killed",
        "bot/store/rounds.py",
        '"knows_kills": round.tallies is not None',
        '"knows_kills": True',
        "tests/store/test_tallies.py::test_only_rounds_that_know_it_have_it_in_an_export",
    ),
    Mutation(
        "kills of a match of which one round is unknown are no sum",
        "bot/domain/game/tallies.py",
        """        if tallies is None:
            return None
""",
        """        if tallies is None:
            continue
""",
        "tests/domain/game/test_tallies.py::test_a_sum_of_which_a_part_is_unknown_is_unknown",
    ),
    Mutation(
        "each member has an allowance of his own",
        "bot/client.py",
        "wait = self.allowance.take(person,",
        "wait = self.allowance.take(0,",
        "tests/cogs/test_slow_questions.py::"
        "test_sixty_commands_of_one_member_are_refused_in_a_sentence_and_others_are_answered",
    ),
    Mutation(
        "buttons cost of that allowance too",
        "cogs/kit/buttons.py",
        "        the_bot(itx).require_patience(itx.user.id)\n",
        "",
        "tests/cogs/kit/test_pressed.py::test_who_presses_too_often_is_refused_in_a_sentence",
    ),
    Mutation(
        "an answer that nobody waits for any more is no bug",
        "bot/deliver/lost.py",
        "TOO_LATE = frozenset({10008, 10015, 10062, 40060, 50027})",
        "TOO_LATE = frozenset({10008})",
        "tests/cogs/test_lost_answers.py::test_an_answer_that_is_lost_is_one_line_and_nothing_else",
    ),
    Mutation(
        "few pictures are drawn at once",
        "cogs/kit/drawing.py",
        "async with the_bot(itx).drawing:",
        "if True:",
        "tests/cogs/kit/test_pressed.py::test_no_more_pictures_are_drawn_at_once_than_may",
    ),
    Mutation(
        "commands that could not be registered are tried again",
        "bot/client.py",
        'hindered.tell(f"the commands could not be registered ({said(error)}): it is tried again")',
        "return",
        "tests/whole/process/test_bot_start.py::test_commands_are_registered_as_soon_as_the_bot_joins_the_server",
    ),
    Mutation(
        "a gateway that fails is tried again",
        "bot/client.py",
        "if self.is_closed() or not reconnect:",
        "if True:",
        "tests/test_client.py::test_the_first_handshake_is_tried_until_it_succeeds",
    ),
)
