"""The instances of families in a live run: which are there, and which of them a row wakes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from ptt_rules.evaluation.answers import Answers
from ptt_rules.evaluation.attendance import At, Attendance, Roll
from ptt_rules.evaluation.compiled import CompiledDetector
from ptt_rules.evaluation.families import Families, Family, Word
from ptt_rules.evaluation.judge import Judge, Off
from ptt_rules.evaluation.row import BASE, LiveProgram, Own, Template
from ptt_rules.language.passes import Program

_MOST_KINDS = 64


@dataclass(slots=True)
class _Group:
    """The instances of one family, by their words."""

    family: Family
    template: Template
    roll: Roll
    sleeps: bool
    owns: dict[str, Own] = field(default_factory=dict)
    ats: dict[str, At] = field(default_factory=dict)

    def awake(self, words: Iterable[str]) -> tuple[list[Own], list[At]]:
        """Those of some words; where none ever sleeps, all."""
        if not self.sleeps:
            return list(self.owns.values()), list(self.ats.values())
        found = [word for word in dict.fromkeys(words) if word in self.owns]
        return [self.owns[word] for word in found], [self.ats[word] for word in found]


@dataclass(frozen=True, slots=True)
class Awake:
    """The instances that rows with the same keys may change."""

    programs: tuple[tuple[Template, Sequence[Own]], ...] = ()
    rolls: tuple[tuple[Roll, Sequence[At]], ...] = ()
    sleepers: tuple[tuple[Template, Sequence[Own]], ...] = ()
    """Those of the programs that sleep where a row has none of their keys."""


class Instances:
    """What a live engine has of families: it grows with the words that rows bring."""

    def __init__(
        self,
        families: Families,
        program: Program,
        live: LiveProgram,
        attendance: Attendance,
        answers: Answers,
    ) -> None:
        self._answers = answers
        self._families = families
        self._program = program
        self._live = live
        self._attendance = attendance
        self._groups: dict[int, _Group] = {}
        self._kinds: dict[tuple[str, ...], Awake] = {}
        self._newest = Awake()

    def add(self, word: Word) -> Iterator[Judge]:
        """What judges an instance from now on."""
        number, name = word
        group = self._groups.get(number) or self._group(number)
        own = self._live.instantiate(group.template, name)
        base: int = own[BASE]
        numbers = {one: base + place for one, place in group.template.places.items()}
        detectors = [template.of(name, numbers) for template in group.family.templates]
        enrolled = self._attendance.enroll(group.roll, detectors, base)
        group.owns[name], group.ats[name] = own, enrolled.at
        self._answers.begin(group.template, own, name)
        self._kinds.clear()
        return (
            (Off if name in one.detector.disabled else Judge)(one, place)
            for one, place in zip(detectors, enrolled.places, strict=True)
        )

    def _group(self, number: int) -> _Group:
        family = self._families.all[number]
        template = self._live.template(family.operations)
        columns = {family.operations[place].number for place in template.columns}
        sleeps = template.sleeps and all(_is_of(one, columns) for one in family.templates)
        roll = Roll(family.templates, template.places, self._attendance.stage_of)
        self._groups[number] = _Group(family, template, roll, sleeps)
        return self._groups[number]

    def of(self, keys: Iterable[str], row: int) -> tuple[Awake, list[Judge]]:
        """Those that a row with some keys may change, and what judges those that begin with it.

        All others are as in a row that has none of their keys.
        """
        kind, begun = tuple(keys), list[Judge]()
        awake = self._kinds.get(kind)
        if awake is None:
            for word in self._families.new_words(kind, row):
                begun += self.add(word)
            if len(self._kinds) >= _MOST_KINDS:
                self._kinds.clear()
            awake = self._kinds[kind] = self._awake(kind)
        if awake is not self._newest:
            self._fall_asleep()
            self._newest = awake
        return awake, begun

    def _awake(self, keys: Iterable[str]) -> Awake:
        words: dict[int, list[str]] = {}
        for key in keys:
            for number, name in self._families.words_of(key):
                words.setdefault(number, []).append(name)
        found = [(one, *one.awake(words.get(each, ()))) for each, one in self._groups.items()]
        found = [each for each in found if each[1]]
        return Awake(
            tuple((group.template, owns) for group, owns, _ in found),
            tuple((group.roll, ats) for group, _, ats in found),
            tuple((group.template, owns) for group, owns, _ in found if group.sleeps),
        )

    def _fall_asleep(self) -> None:
        """A row of other keys has none of theirs."""
        values = self._live.values
        for template, owns in self._newest.sleepers:
            for own in owns:
                for column in template.columns:
                    values[own[BASE] + column] = None


def _is_of(template: CompiledDetector, columns: set[int]) -> bool:
    """Whether a detector is judged only in rows that have a key of the family."""
    return bool(template.calls) and columns.issuperset(template.calls)
