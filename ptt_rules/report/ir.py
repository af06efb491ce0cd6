"""What a pack is compiled to, as text: for golden files, and for people who want to know."""

from __future__ import annotations

from ptt_rules.evaluation import CompiledDetector, CompiledPack
from ptt_rules.language import Shape
from ptt_rules.language.ir import Length, operation_text


def ir_text(compiled: CompiledPack) -> str:
    """The distinct operations of a pack, then what each detector reads of them."""
    lines = []
    for operation in compiled.program.operations:
        if operation.number in compiled.apart:
            continue
        node = operation.node
        sort = node.kind.value if node.unit is None else node.unit.value
        shape = "" if node.shape is Shape.CONSTANT else f" {node.shape.value}"
        text = operation_text(node, operation.inputs)
        lines.append(f"%{operation.number:<4} {text:<44} {sort}{shape}")
    for detector in compiled.detectors:
        lines += ["", *_detector_lines(detector)]
    return "\n".join(lines) + "\n"


def _span(length: Length) -> str:
    return f"{length.amount:g} {length.measure.value}"


def _detector_lines(compiled: CompiledDetector) -> list[str]:
    detector = compiled.detector
    calls = " or ".join(f"%{number}" for number in compiled.calls)
    each = f" for each {detector.family}" if detector.family else ""
    each += f", %{compiled.family}" if compiled.family is not None else ""
    each += f', "{detector.word}"' if detector.word is not None else ""
    where = f"where {calls} is observed" if calls else "at every row"
    lines = [f"{detector.qualified}{each}{', in shadow' if detector.shadow else ''}"]
    lines.append(f"  judged {where}")
    for one, (level, number) in zip(detector.levels, compiled.levels, strict=True):
        own = "" if one.hold == detector.hold else f" for {_span(one.hold)}"
        lines.append(f"  {level.word} when %{number}{own}")
    if compiled.until is not None:
        lines.append(f"  until %{compiled.until}")
    spans = {"after": detector.after, "for": detector.hold, "keep": detector.keep}
    for word, span in {**spans, "again every": detector.again}.items():
        if span is not None:
            lines.append(f"  {word} {_span(span)}")
    lines += [f"  suppresses {name}" for name in detector.suppresses]
    return lines + [f"  {name} = %{number}" for name, number in compiled.values]
