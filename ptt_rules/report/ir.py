"""What a pack is compiled to, as text: for golden files, and for people who want to know."""

from __future__ import annotations

from ptt_rules.evaluation import CompiledDetector, CompiledPack
from ptt_rules.language import Shape
from ptt_rules.language.ir import operation_text


def ir_text(compiled: CompiledPack) -> str:
    """The distinct operations of a pack, then what each detector reads of them."""
    lines = []
    for operation in compiled.program.operations:
        node = operation.node
        sort = node.kind.value if node.unit is None else node.unit.value
        shape = "" if node.shape is Shape.CONSTANT else f" {node.shape.value}"
        text = operation_text(node, operation.inputs)
        lines.append(f"%{operation.number:<4} {text:<44} {sort}{shape}")
    for detector in compiled.detectors:
        lines += ["", *_detector_lines(detector)]
    return "\n".join(lines) + "\n"


def _detector_lines(compiled: CompiledDetector) -> list[str]:
    detector = compiled.detector
    columns = " or ".join(f"%{number}" for number in compiled.columns)
    each = f" for each {detector.family.name}, %{compiled.family}" if detector.family else ""
    where = f"where {columns} is observed" if columns else "at every row"
    lines = [f"{detector.qualified}{each}{', in shadow' if detector.shadow else ''}"]
    lines.append(f"  judged {where}")
    lines += [f"  {level.word} when %{number}" for level, number in compiled.levels]
    if compiled.until is not None:
        lines.append(f"  until %{compiled.until}")
    spans = {"after": detector.after, "for": detector.hold, "keep": detector.keep}
    for word, span in {**spans, "again every": detector.again}.items():
        if span is not None:
            lines.append(f"  {word} {span.amount:g} {span.measure.value}")
    lines += [f"  suppresses {name}" for name in detector.suppresses]
    return lines + [f"  {name} = %{number}" for name, number in compiled.values]
