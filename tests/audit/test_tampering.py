"""Whatever is done to an exported log, the outside verifier finds it and says where."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coordination.audit import canonical, merkle
from coordination.audit.checkpoints import Checkpoint
from coordination.audit.events import Event, Who, fields_of
from tests.audit.logs import LINES, LOG, OTHER_AGENCY, Log, Signing, Verify, build_log, with_line

ENTRY_AT = [number for number, line in enumerate(LINES) if line.startswith(b'{"entry"')]
CHECKPOINT_AT = [number for number, line in enumerate(LINES) if line.startswith(b'{"checkpoint"')]


@pytest.mark.parametrize("sequence", range(20))
def test_a_changed_entry_is_found(verify: Verify, sequence: int) -> None:
    at = ENTRY_AT[sequence]
    lines = with_line(at, LINES[at].replace(b'"outcome":"', b'"outcome":"x', 1))

    assert verify(lines).found("its leaf hash", line=at + 1, sequence=sequence)


@pytest.mark.parametrize("sequence", range(20))
def test_a_changed_entry_with_its_hash_made_anew_is_found_at_the_next_checkpoint(verify: Verify, sequence: int) -> None:
    at = ENTRY_AT[sequence]
    text = LOG.texts[sequence].replace(b'"outcome":"', b'"outcome":"x', 1)
    lines = with_line(at, _entry_line(text))

    following = min(number for number in CHECKPOINT_AT if number > at)
    before, after = _between(sequence)
    told = f"root mismatch: not all entries from {before} to {after - 1} were signed"
    assert verify(lines).found(told, line=following + 1, sequence=after)


@pytest.mark.parametrize("sequence", range(20))
def test_a_missing_entry_is_found(verify: Verify, sequence: int) -> None:
    at = ENTRY_AT[sequence]
    answer = verify(LINES[:at] + LINES[at + 1 :])

    if at + 1 in CHECKPOINT_AT:
        assert answer.found(f"stands after {sequence}", line=at + 1, sequence=sequence)
    else:
        assert answer.found(f"where {sequence} should be", line=at + 1, sequence=sequence + 1)


@pytest.mark.parametrize("sequence", range(20))
def test_a_doubled_entry_is_found(verify: Verify, sequence: int) -> None:
    at = ENTRY_AT[sequence]

    assert verify(LINES[: at + 1] + LINES[at:]).found(f"where {sequence + 1} should be", line=at + 2, sequence=sequence)


@given(st.permutations(range(20)).filter(lambda order: list(order) != list(range(20))))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_entries_in_another_order_are_found(verify: Verify, order: list[int]) -> None:
    lines = list(LINES)
    for at, sequence in zip(ENTRY_AT, order, strict=True):
        lines[at] = LINES[ENTRY_AT[sequence]]

    first = next(number for number, sequence in enumerate(order) if number != sequence)
    assert verify(lines).found(f"where {first} should be", line=ENTRY_AT[first] + 1, sequence=order[first])


def test_an_inserted_entry_is_found(verify: Verify) -> None:
    at = ENTRY_AT[5]
    inserted = LOG.texts[5].replace(b'"outcome":"', b'"outcome":"x', 1)

    answer = verify([*LINES[:at], _entry_line(inserted), *LINES[at:]])

    assert answer.found("where 6 should be", line=at + 2, sequence=5)


def test_an_inserted_entry_with_all_that_follow_renumbered_is_found(verify: Verify) -> None:
    texts = list(LOG.texts)
    texts.insert(5, texts[5])
    numbered = [_renumbered(text, number) for number, text in enumerate(texts)]
    lines = replace(LOG, texts=numbered).lines()

    answer = verify([line if b'"checkpoint"' not in line else _checkpoint_of(line) for line in lines])

    assert answer.found("root mismatch: not all entries from 4 to 7", line=CHECKPOINT_AT[1] + 1, sequence=8)


def test_an_entry_of_another_agency_is_found(verify: Verify) -> None:
    other = build_log(20, agency=OTHER_AGENCY)
    at = ENTRY_AT[7]

    answer = verify(with_line(at, _entry_line(other.texts[7])))

    assert answer.found(f"another agency: {OTHER_AGENCY}", line=at + 1, sequence=7)


def test_an_entry_of_another_domain_is_found(verify: Verify) -> None:
    at = ENTRY_AT[7]

    answer = verify(with_line(at, _entry_line(LOG.texts[7].replace(b"access-log/v1", b"access-log/v2"))))

    assert answer.found("another domain tag: b'samverkan/access-log/v2'", line=at + 1, sequence=7)


@pytest.mark.parametrize("sequence", [1, 4, 7, 8, 19])
def test_time_that_goes_backwards_is_found(verify: Verify, sequence: int) -> None:
    texts = list(LOG.texts)
    before = canonical.decode(texts[sequence - 1]).at
    earlier = replace(canonical.decode(texts[sequence]), at=before - timedelta(microseconds=1))
    texts[sequence] = canonical.encode(earlier)

    assert verify(replace(LOG, texts=texts).lines()).found(
        "dated before", line=ENTRY_AT[sequence] + 1, sequence=sequence
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"outcome":"', b'"outcome": "'),
        (b'"outcome":"', b'"outcome":"\xc3\xa5'),
        (b'"outcome":"', b'"outcome":"A B'),
        (b'"outcome":"', b'"outcome":"\\u0061'),
        (b'"outcome":"ok"', b'"outcome":null'),
        (b'"outcome":"ok"', b'"outcome":01'),
        (b'"outcome":"ok"', b'"outcome":1.0'),
        (b'"outcome":"ok"', b'"outcome":"ok","outcome":"ok"'),
        (b'"outcome":"ok"', b'"outcome":"ok","a":"b"'),
        (b'"outcome":"ok"', b'"outcome":{}'),
        (b'"fields"', b'"Fields"'),
        (b'"at":', b'"at":0'),
        (b'"at":', b'"at":-'),
        (b'"sequence":', b'"sequence":0'),
        (b',"sequence"', b',"more":1,"sequence"'),
        (b'{"agency":"0', b'{"agency":"A'),
    ],
)
def test_bytes_that_are_not_canonical_are_found_even_with_the_right_hash(
    verify: Verify, old: bytes, new: bytes
) -> None:
    sequence = next(number for number, text in enumerate(LOG.texts) if number > 4 and b'"outcome":"ok"' in text)
    text = LOG.texts[sequence].replace(old, new, 1)
    assert text != LOG.texts[sequence]

    answer = verify(replace(LOG, texts=[*LOG.texts[:sequence], text, *LOG.texts[sequence + 1 :]]).lines())

    assert answer.exit_code == 1
    assert "canonical form" in answer.text
    assert answer.text.startswith(f"FAULT line {ENTRY_AT[sequence] + 1}, sequence {sequence}: ")


@given(st.data())
@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_changed_byte_anywhere_is_found_in_or_after_its_line(verify: Verify, data: st.DataObject) -> None:
    content = bytearray(b"".join(LINES))
    at = data.draw(st.integers(0, len(content) - 1))
    content[at] ^= data.draw(st.integers(1, 255))

    answer = verify(bytes(content), "--key", str(LOG.signing.key))

    told_only = b"".join(LINES).index(b'"exported_at":') <= at < b"".join(LINES).index(b',"format"')
    assert answer.exit_code == 1 or told_only
    assert answer.text.count("\n") == 1


@given(st.data())
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_line_removed_doubled_or_moved_is_found(verify: Verify, data: st.DataObject) -> None:
    lines = list(LINES)
    at, to = data.draw(st.integers(0, len(lines) - 1)), data.draw(st.integers(0, len(lines) - 1))
    moved = lines[at] if data.draw(st.booleans()) else lines.pop(at)
    if data.draw(st.booleans()):
        lines.insert(to, moved)

    answer = verify(lines)

    assert (answer.exit_code == 1) == (lines != LINES)


@given(st.integers(0, len(b"".join(LINES)) - 1))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_file_cut_off_anywhere_is_found(verify: Verify, length: int) -> None:
    content = b"".join(LINES)[:length]

    answer = verify(content)

    whole_lines = content.count(b"\n")
    assert answer.exit_code == 1
    assert answer.text.startswith(f"FAULT line {whole_lines + 1}")


@pytest.mark.parametrize("size", [0, 3, 4, 10, 15, 19])
def test_a_tail_cut_off_with_first_and_last_line_made_anew_is_found(verify: Verify, size: int) -> None:
    short = replace(LOG, texts=LOG.texts[:size], sizes=[at for at in LOG.sizes if at <= size])

    answer = verify(short.lines(), kept=LOG.note(20))

    if size in (0, 4, 15):
        assert answer.found("the end of the log is missing", line=len(short.lines()), sequence=20)
    else:
        assert answer.found(f"covers the entries from {_between(size)[0]}:", line=len(short.lines()), sequence=size)


def test_checkpoints_beyond_the_last_entry_are_found(verify: Verify) -> None:
    lines = [line for number, line in enumerate(LINES) if number not in ENTRY_AT[17:]]

    assert verify(lines).found("covers 20 entries but stands after 17", line=len(lines) - 1, sequence=17)


def test_a_history_written_anew_and_signed_with_the_right_key_is_found_by_what_the_reviewer_kept(
    verify: Verify,
) -> None:
    entry = canonical.decode(LOG.texts[3])
    texts = list(LOG.texts)
    texts[3] = canonical.encode(replace(entry, fields={**entry.fields, "outcome": "other"}))
    forged = replace(LOG, texts=texts).lines()

    assert verify(forged, "--key", str(LOG.signing.key)).exit_code == 0
    assert verify(forged, kept=LOG.note(15)).found("the log was rewritten", line=len(forged), sequence=15)


def test_a_history_written_anew_and_signed_with_another_key_is_found(verify: Verify) -> None:
    forged = replace(LOG, signing=Signing(LOG.signing.key.name, 2)).lines()

    assert verify(forged).exit_code == 0
    assert verify(forged, "--key", str(LOG.signing.key)).found("does not name the key you expect", line=1)
    assert verify(forged, kept=LOG.note(8)).found("kept is signed by another key", line=1)


def test_one_checkpoint_signed_with_another_key_is_found(verify: Verify) -> None:
    stranger = replace(LOG, signing=Signing(LOG.signing.key.name, 2))
    at = CHECKPOINT_AT[2]

    answer = verify(with_line(at, _checkpoint_of(LINES[at], note=stranger.note(15))))

    assert answer.found("not signed by the log's key", line=at + 1, sequence=15)


def test_a_signature_that_does_not_verify_is_found(verify: Verify) -> None:
    at = CHECKPOINT_AT[1]
    note = LOG.note(8).partition("\n\n")[0] + "\n\n" + LOG.note(4).rpartition("\n\n")[2]

    answer = verify(with_line(at, _checkpoint_of(LINES[at], note=note)))

    assert answer.found("a signature of the checkpoint is wrong", line=at + 1)


@pytest.mark.parametrize("index", range(4))
def test_a_wrong_consistency_proof_is_found(verify: Verify, index: int) -> None:
    at = CHECKPOINT_AT[index]
    proof = json.loads(LINES[at])["checkpoint"]["proof"]
    wrong = [*proof[1:], "00" * 32] if index else ["00" * 32]

    for bent in (wrong, proof[1:], [*proof, "00" * 32]):
        if bent != proof:
            answer = verify(with_line(at, _checkpoint_of(LINES[at], proof=bent)))
            assert answer.found("consistency proof", line=at + 1, sequence=LOG.sizes[index])


@pytest.mark.parametrize("index", range(3))
def test_a_missing_checkpoint_is_found_by_the_proof_of_the_next(verify: Verify, index: int) -> None:
    at = CHECKPOINT_AT[index]

    answer = verify(LINES[:at] + LINES[at + 1 :])

    assert answer.found("consistency proof", line=CHECKPOINT_AT[index + 1], sequence=LOG.sizes[index + 1])


def test_a_missing_checkpoint_is_found_by_the_entry_that_tells_of_it_even_with_the_proofs_made_anew(
    verify: Verify,
) -> None:
    telling = _log_that_tells_of_its_checkpoint()

    assert verify(telling.lines()).exit_code == 0
    assert verify(replace(telling, sizes=[7]).lines()).found("is not in the file", line=7, sequence=5)


def test_an_entry_that_tells_of_another_root_is_found(verify: Verify) -> None:
    telling = _log_that_tells_of_its_checkpoint(root=bytes(32))

    assert verify(telling.lines()).found("is not in the file", line=8, sequence=5)


def test_two_checkpoints_of_one_moment_are_in_order_when_the_log_has_grown(verify: Verify) -> None:
    same_time = canonical.moment(int(LOG.note(4).split("time ")[1][:16]))
    note = LOG.signing.sign(Checkpoint(LOG.signing.key.name, 8, LOG.root(8), same_time))
    at = CHECKPOINT_AT[1]

    assert verify(with_line(at, _checkpoint_of(LINES[at], note=note))).exit_code == 0


@pytest.mark.parametrize("index", range(4))
def test_a_doubled_checkpoint_is_found(verify: Verify, index: int) -> None:
    at = CHECKPOINT_AT[index]
    again = _checkpoint_of(LINES[at], proof=[])

    answer = verify([*LINES[: at + 1], again, *LINES[at + 1 :]])

    assert answer.found("not dated after the one it follows", line=at + 2, sequence=LOG.sizes[index])


def test_checkpoints_that_changed_places_are_found(verify: Verify) -> None:
    lines = with_line(CHECKPOINT_AT[0], LINES[CHECKPOINT_AT[1]])
    lines[CHECKPOINT_AT[1]] = LINES[CHECKPOINT_AT[0]]

    assert verify(lines).found("covers 8 entries but stands after 4", line=CHECKPOINT_AT[0] + 1, sequence=4)


def test_a_checkpoint_of_another_log_is_found(verify: Verify) -> None:
    other = build_log(8, agency=OTHER_AGENCY)
    at = CHECKPOINT_AT[1]

    answer = verify(with_line(at, _checkpoint_of(LINES[at], note=other.note(8))))

    assert answer.found("of another log", line=at + 1, sequence=8)
    assert verify(LINES, kept=other.note(8)).found("kept is of another log", line=1)
    assert verify(LINES, "--key", str(other.signing.key)).found("does not name the key you expect", line=1)


def test_checkpoints_dated_backwards_are_found(verify: Verify) -> None:
    at = CHECKPOINT_AT[1]
    early = LOG.signing.sign(Checkpoint(LOG.signing.key.name, 8, LOG.root(8), canonical.decode(LOG.texts[0]).at))

    answer = verify(with_line(at, _checkpoint_of(LINES[at], note=early)))

    assert answer.found("not dated after the one it follows", line=at + 1, sequence=8)


@pytest.mark.parametrize("at", [0, len(LINES) - 1])
@pytest.mark.parametrize(("old", "new"), [(b'"root":"', b'"root":"0'), (b":20", b":21")])
def test_a_first_or_last_line_that_tells_another_story_is_found(
    verify: Verify, at: int, old: bytes, new: bytes
) -> None:
    changed = LINES[at].replace(old, new, 1)
    if b"root" in old:
        start = changed.index(new) + len(new)
        changed = changed[: start + 63] + changed[start + 64 :]
    assert changed != LINES[at]

    answer = verify(with_line(at, changed))

    assert answer.exit_code == 1
    assert answer.text.startswith(f"FAULT line {len(LINES)}, sequence 20: ")


def test_lines_after_the_last_are_found(verify: Verify) -> None:
    for more in (LINES[-1], LINES[1], b"\n", b"{}\n", b"x"):
        assert verify([*LINES, more]).exit_code == 1


def test_a_line_hidden_behind_a_telling_end_is_found(verify: Verify) -> None:
    hidden = b'x"root":"%b","size":4\n' % LOG.root(4).hex().encode()

    answer = verify([*LINES[:10], hidden, *LINES[10:]])

    assert answer.found("neither an entry", line=11, sequence=8)


def _between(sequence: int) -> tuple[int, int]:
    """Return the sizes of the checkpoints before and after an entry."""
    before = max([size for size in LOG.sizes if size <= sequence], default=0)
    return before, min(size for size in LOG.sizes if size > sequence)


def _entry_line(text: bytes) -> bytes:
    return b'{"entry":%b,"leaf":"%b"}\n' % (text, merkle.hash_leaf(text).hex().encode())


def _renumbered(text: bytes, sequence: int) -> bytes:
    return canonical.encode(replace(canonical.decode(text), sequence=sequence))


def _checkpoint_of(line: bytes, note: str | None = None, proof: list[str] | None = None) -> bytes:
    """Return the checkpoint line with another note or proof; without either, with the note of the untouched log."""
    value = json.loads(line)["checkpoint"]
    size = int(value["note"].split("\n")[1])
    told = {"note": note or LOG.note(size), "proof": value["proof"] if proof is None else proof}
    return json.dumps({"checkpoint": told}, separators=(",", ":"), sort_keys=True).encode() + b"\n"


def _log_that_tells_of_its_checkpoint(root: bytes | None = None) -> Log:
    log = build_log(7, [4, 7])
    told = fields_of(Event.CHECKPOINT_MADE, Who(), {"size": 4, "root": root or log.root(4)})
    entry = replace(canonical.decode(log.texts[5]), event=Event.CHECKPOINT_MADE.tag, fields=told)
    return replace(log, texts=[*log.texts[:5], canonical.encode(entry), log.texts[6]])
