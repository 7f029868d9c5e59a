"""Packages: what is let in, and how what is not is told, with file, line, path and what may have been meant."""

from pathlib import Path

import pytest

from linli.kernel.quantity import Duration
from linli.kernel.words import LANGUAGES, has, lexicon, say
from linli.methods.faults import Fault, InvalidPackage
from linli.methods.reader import SECTIONS, Package, parse, read
from linli.methods.tree import Input, Unreadable, grow
from linli.methods.wording import untranslated, wording

LIBRARY = Path(__file__).resolve().parents[2] / "library"
FIVE_HAVES = LIBRARY / "lingdong" / "five-haves"

LAMP = """\
method: street/lamp
version: 1.0.0
practices: [A1]
inputs:
  answer_within: {kind: duration, default: 4 working hours}
  most: {kind: number, default: "2", min: "1", max: "5"}
posts:
  worker: {at: grid, at_least: "1"}
kinds:
  lamp:
    opened_by: [resident]
    parties: {reporter: {from: opener, else: worker}}
    ladder: [worker]
    form: {what: {kind: text, max: 500}}
    states:
      reported: {kind: start, held_by: ladder, due: {within: !input answer_within, then: lapse}}
      mended:   {kind: end, outcome: solved}
    moves:
      mend:  {leaves: [reported], enters: mended, who: worker, at_most: !input most}
      lapse: {leaves: [reported], enters: mended, who: clock}
policies:
  - {when: matters.matter.moved, where: {outcome: solved}, do: ledger.post, give: {to: $reporter, amount: "2"}}
measures:
  mended: {of: matters.matter.moved, where: {outcome: [solved]}, share: within_due, by: [place, day]}
"""
WORDS = "method.title: Lamp\n"


def files(method: str = LAMP, words: str = WORDS) -> dict[str, str]:
    return {"method.yaml": method, **{f"words/{language}.yaml": words for language in LANGUAGES}}


def faults(method: str, words: str = WORDS, values: dict[str, str] | None = None) -> list[Fault]:
    with pytest.raises(InvalidPackage) as refused:
        parse(files(method, words), values)
    return list(refused.value.faults)


def line_of(text: str, method: str = LAMP) -> int:
    return next(number for number, line in enumerate(method.splitlines(), 1) if text in line)


@pytest.fixture(scope="module")
def five_haves() -> Package:
    return read(FIVE_HAVES)


# What is let in -----------------------------------------------------------------------------------------------------


def test_a_package_is_read_with_its_inputs_filled_in() -> None:
    package = parse(files())
    lamp = package.kinds["lamp"]
    assert (package.method, package.version, package.practices) == ("street/lamp", "1.0.0", ("A1",))
    assert lamp.states["reported"].due and lamp.states["reported"].due.within == Duration(4, "hours", True)
    assert lamp.moves["mend"].at_most == 2 and package.values == {"answer_within": "4 working hours", "most": "2"}
    assert package.posts["worker"].at_least == 1
    assert package.measures["mended"].where == {"outcome": ("solved",)}
    assert [policy.do for policy in package.dormant] == ["ledger.post"]
    adopted = package.filled({"answer_within": "1 working day"})
    due = adopted.kinds["lamp"].states["reported"].due
    assert due and due.within == Duration(1, "days", True) and adopted.digest == package.digest


def test_the_digest_tells_packages_apart() -> None:
    assert parse(files()).digest != parse(files(LAMP.replace("max: 500", "max: 501"))).digest


def test_every_scalar_is_the_text_that_was_written() -> None:
    tree = grow("a: 1.0\nb: yes\nc: ~\nd: 2026-05-01\ne: !input lamp\nf: [0x10, 'no']\ng:\n")
    assert tree.root == {
        "a": "1.0", "b": "yes", "c": "~", "d": "2026-05-01", "e": Input("lamp"), "f": ["0x10", "no"], "g": "",
    }  # fmt: skip
    assert (tree.line_of(("f", 1)), tree.line_of(("f", "list[str]", 1)), tree.line_of(("nowhere",))) == (6, 6, 1)


# What is not let in -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "line", "code"),
    [
        ("a: 1\nb: 2\na: 3\n", 3, "duplicate_key"),
        ("a:\n  x: 1\n  x: 2\n", 3, "duplicate_key"),
        ("a: &x 1\n", 1, "alias"),
        ("a: 1\nb: *x\n", 2, "alias"),
        ("a: &x {}\n", 1, "alias"),
        ("a: &x [b]\n", 1, "alias"),
        ("&x a: 1\n", 1, "no_plain_key"),
        ("<<: {a: 1}\n<<: {a: 1}\n", 2, "duplicate_key"),
        ("a: !!python/object/apply:os.system [date]\n", 1, "tag"),
        ("a: !!int 5\n", 1, "tag"),
        ("a: ! 5\n", 1, "tag"),
        ("a: !secret x\n", 1, "tag"),
        ("a: !input {b: c}\n", 1, "tag"),
        ("!input a: 1\n", 1, "no_plain_key"),
        ("[a]: 1\n", 1, "no_plain_key"),
        ("%TAG ! tag:evil,2000:\n---\na: !input b\n", 1, "tag"),
        ("a: 1\n---\nb: 2\n", 2, "second_document"),
        ("- a\n", 1, "no_mapping"),
        ("just text\n", 1, "no_mapping"),
        ("a: \ud800\n", 1, "no_utf8"),
        ("", 1, "empty"),
        ("# nothing\n", 1, "empty"),
        ("a: [1\nb: 2\n", 2, "no_yaml"),
        ("a: \x07\n", 1, "no_yaml"),
        ("a: " + "[" * 40 + "]" * 40, 1, "too_deep"),
        ("a: [" + "x, " * 61_000 + "]", 1, "too_many_nodes"),
        ("a: " + "x" * 600_000, 1, "too_large"),
    ],
)
def test_yaml_that_is_not_let_in(text: str, line: int, code: str) -> None:
    with pytest.raises(Unreadable) as refused:
        grow(text)
    assert (refused.value.code, refused.value.line) == (code, line)


@pytest.mark.parametrize(
    ("old", "new", "at", "code", "hint"),
    [
        ("inputs:", "inptus:", "inptus:", "unknown_key", "inputs"),
        ("held_by: ladder", "hold_by: ladder", "hold_by", "unknown_key", "held_by"),
        ("within: !input", "withn: !input", "withn", "unknown_key", "within"),
        ("else: worker", "esle: worker", "esle", "unknown_key", "else"),
        ("max: 500", "mex: 500", "mex: 500", "unknown_key", "max"),
        ("at_least", "at_last", "at_last", "unknown_key", "at_least"),
        ("share: within_due", "shar: within_due", "shar:", "unknown_key", "share"),
        ("give: {to", "gives: {to", "gives: {to", "unknown_key", "give"),
        ("kind: duration", "knd: duration", "knd:", "unknown_key", "kind"),
        ("version: 1.0.0\n", "", "method:", "missing", ""),
        ("version: 1.0.0", "version: 1.0", "version", "pattern", ""),
        ("method: street/lamp", "method: lamp", "method: lamp", "pattern", ""),
        ("at: grid", "at: gird", "gird", "not_one_of", "grid"),
        ("kind: text", "kind: txt", "txt", "not_one_of", "text"),
        ("enters: mended, who: worker", "enters: mnded, who: worker", "mnded", "unknown_state", "mended"),
        ("who: worker", "who: wroker", "wroker", "unknown_post", "worker"),
        ("ladder: [worker]", "ladder: [worker, wrker]", "wrker", "unknown_post", "worker"),
        ("then: lapse", "then: laps", "then: laps}", "unknown_move", "lapse"),
        ("!input answer_within", "!input answer_witin", "answer_witin", "unknown_input", "answer_within"),
        ("default: 4 working hours", "default: 4 lamps", "4 lamps", "input_no_duration", ""),
        ('default: "2"', 'default: "9"', '"9"', "input_out_of_range", ""),
        ("posts:\n", "posts: none\nother:\n", "posts: none", "no_mapping", ""),
        ("ladder: [worker]", "ladder: worker", "ladder: worker", "no_list", ""),
        ("when: matters.matter.moved", "when: moved", "when: moved", "pattern", ""),
        ("by: [place, day]", "by: [person]", "by: [person]", "not_one_of", "place"),
        ("at_most: !input most", "at_most: many", "at_most: many", "value", ""),
        ("version: 1.0.0", "version: !input most", "version", "no_text", ""),
    ],
)
def test_a_fault_is_told_with_its_line_and_the_nearest_thing_known(
    old: str, new: str, at: str, code: str, hint: str
) -> None:
    method = LAMP.replace(old, new, 1)
    told = [fault for fault in faults(method) if fault.code == code]
    assert told and told[0].file == "method.yaml" and told[0].line == line_of(at, method)
    sentence = told[0].say("en")
    assert sentence.startswith(f"method.yaml:{told[0].line}: ") and hint in sentence
    assert told[0].say("zh") != sentence and str(told[0]) == sentence


def test_all_faults_are_told_at_once_in_the_order_of_their_lines() -> None:
    method = LAMP.replace("at: grid", "at: gird").replace("max: 500", "mex: 500").replace("who: worker", "whom: worker")
    told = faults(method)
    assert [fault.line for fault in told] == sorted(fault.line for fault in told)
    assert {"not_one_of", "unknown_key", "missing"} == {fault.code for fault in told}
    with pytest.raises(InvalidPackage) as refused:
        parse(files(method))
    assert refused.value.data == {"count": len(told)} and str(refused.value).count("\n") == len(told) - 1


def test_values_that_do_not_fit_an_input() -> None:
    assert [fault.code for fault in faults(LAMP, values={"answer_within": "soon"})] == ["input_no_duration"]
    assert [fault.code for fault in faults(LAMP, values={"most": "6"})] == ["input_out_of_range"]
    unknown = faults(LAMP, values={"mst": "3"})
    assert unknown[0].code == "unknown_input" and "most" in unknown[0].say("en")


def test_words_are_flat() -> None:
    told = faults(LAMP, words="method.title: {a: b}\nmethod.promise: ''\n")
    assert [(fault.file, fault.line, fault.code) for fault in told if "zh" in fault.file] == [
        ("words/zh.yaml", 1, "bad_words"),
        ("words/zh.yaml", 2, "bad_words"),
    ]


def test_a_folder_that_is_no_package(tmp_path: Path) -> None:
    folder = tmp_path / "street" / "lamp"
    (folder / "words").mkdir(parents=True)
    with pytest.raises(InvalidPackage) as refused:
        read(folder)
    assert {fault.code for fault in refused.value.faults} == {"no_file"}
    for name, text in files().items():
        (folder / name).write_text(text)
    assert read(folder).files == files()
    (folder / "method.yaml").write_text(LAMP.replace("street/lamp", "street/light"))
    with pytest.raises(InvalidPackage) as refused:
        read(folder)
    assert [fault.code for fault in refused.value.faults] == ["other_folder"]
    (folder / "method.yaml").write_bytes(b"\xff\xfe")
    with pytest.raises(InvalidPackage) as refused:
        read(folder)
    assert [fault.code for fault in refused.value.faults] == ["no_utf8"]


# The five haves -----------------------------------------------------------------------------------------------------


def test_the_five_haves_are_a_whole_package(five_haves: Package) -> None:
    assert five_haves.method == "lingdong/five-haves" and five_haves.practices == ("A1", "C6")
    assert list(five_haves.kinds) == ["report", "building_report"] and five_haves.dormant == ()
    assert five_haves.kinds["building_report"].ladder[0] == "building_head"
    assert {"opened", "on_time", "responded", "solved", "satisfied", "overdue"} <= set(five_haves.measures)
    assert [str(fault) for fault in untranslated(five_haves)] == []


def test_residents_and_staff_read_their_own_words(five_haves: Package) -> None:
    report, small = wording(five_haves, "report"), wording(five_haves, "building_report")
    assert (report["zh"]["move.reopen"], report["zh"]["move.reopen.staff"]) == ("我不满意，重办", "重办")
    assert (report["zh"]["title"], small["zh"]["title"], small["en"]["choice.topic.pets"]) == (
        "我要反映", "楼栋小事", "Dogs and hens",
    )  # fmt: skip
    assert "choice.topic.pets" not in report["zh"] and report["zh"]["post.supervisor"] == "街道督办"


def test_a_kinds_own_words_come_before_the_shared_ones() -> None:
    package = parse(files(words="move.mend: Mend\nlamp.move.mend: Mend the lamp\nlamp.title: Lamp\n"))
    assert wording(package, "lamp")["en"] == {"title": "Lamp", "move.mend": "Mend the lamp"}


def test_words_that_are_missing_or_not_needed_are_told() -> None:
    package = parse(files(words="method.title: Lamp\nmove.mnd: Mend\nmove.mend.staff: Mend\n"))
    told = {fault.path[0]: fault.code for fault in untranslated(package) if fault.file == "words/en.yaml"}
    assert told["move.mend"] == "no_words" and told["method.promise"] == "no_words"
    assert told["move.mnd"] == "unknown_words" and "move.mend.staff" not in told


def test_every_fault_has_its_sentence_in_both_languages() -> None:
    codes = {key for key in lexicon("zh") if key.startswith("fault.")}
    assert codes == {key for key in lexicon("en") if key.startswith("fault.")} and has("refusal.methods.invalid")
    assert say("fault.nearest", "en", name="lamp") == " Did you mean “lamp”?"
    assert set(SECTIONS) == {"inputs", "posts", "kinds", "policies", "measures"}
