"""Pages of group 2: kinds, units, windows and values."""

from __future__ import annotations

from ptt_rules.language.codes.page import Code, Rules


def _many_windows(observations: str) -> str:
    metrics = "".join(f'metric loss_{i}: loss = "loss_{i}"\n' for i in range(3))
    terms = " + ".join(f"mean(loss_{i}[{observations}])" for i in range(3))
    return f"{metrics}\ndetector all_losses_high {{\n  high when {terms} > 100\n}}\n"


PAGES = (
    Code(
        "PTT201",
        "number where a truth is needed, or the reverse",
        what="A condition is true or false, arithmetic needs numbers, and neither can replace the "
        "other. A comparison turns a number into a condition; `count` and `share` count "
        "conditions.",
        why="`high when kl` could mean above 0, above a threshold, or just there. A guess would "
        "fire at the wrong time.",
        failing=Rules("""\
metric kl: nats = "kl"

detector kl_runaway {
  high when mean(kl[20])
}
"""),
        fixed=Rules("""\
metric kl: nats = "kl"

detector kl_runaway {
  high when mean(kl[20]) > 0.3
}
"""),
    ),
    Code(
        "PTT202",
        "wrong arguments of a function",
        what="A function got more or fewer arguments than it takes. The number of observations of "
        "an aggregate is not an argument: write it in brackets after the metric.",
        why="A missing or extra argument is a sign that something else was meant.",
        failing=Rules("""\
metric kl: nats = "kl"

detector kl_runaway {
  high when mean(kl, 20) > 0.3
}
"""),
        fixed=Rules("""\
metric kl: nats = "kl"

detector kl_runaway {
  high when mean(kl[20]) > 0.3
}
"""),
    ),
    Code(
        "PTT203",
        "different units",
        what="Two quantities of different units are compared, added or subtracted. A plain "
        "number such as `0.3` fits every unit; `30%` and `2.5x` are ratios.",
        why="30% of what? A KL divergence of 0.3 nats is not a percentage of anything. Mixed "
        "units are a sign of a threshold meant for another metric.",
        failing=Rules("""\
metric kl: nats = "kl"

detector kl_runaway {
  high when mean(kl[20]) > 30%
}
"""),
        fixed=Rules("""\
metric kl: nats = "kl"

detector kl_runaway {
  high when mean(kl[20]) > 0.3
}
"""),
    ),
    Code(
        "PTT204",
        "window on something that is not a series",
        what="A window such as `[20]` selects observations of a metric, or of arithmetic on "
        "metrics, and an aggregate turns them into one value. A number has no observations, an "
        "aggregate is already one value, and a window without an aggregate is not yet a value. A "
        "`derive` has rows, if it names a metric: what looks back can be given a name with it.",
        why="Such a window contains nothing: `now` below is one number at each row, not a history "
        "of numbers.",
        failing=Rules("""\
metric margins: score = "rewards/margins"

detector margin_unsteady {
  let now = mean(margins[20])
  high when std(now[20]) > 0.5
}
"""),
        fixed=Rules("""\
metric margins: score = "rewards/margins"

detector margin_unsteady {
  high when std(margins[20]) > 0.5
}
"""),
    ),
    Code(
        "PTT205",
        "aggregate without a window",
        what="An aggregate such as `mean` needs to know which observations: `mean(kl[20])` of "
        "the last 20, `mean(kl[first 30])` of the first 30, `mean(kl[all])` of all so far.",
        why="The mean of the whole run and the mean of the last 20 logs are different rules. A "
        "default would choose one without your knowledge.",
        failing=Rules("""\
metric kl: nats = "kl"

detector kl_runaway {
  high when mean(kl) > 0.3
}
"""),
        fixed=Rules("""\
metric kl: nats = "kl"

detector kl_runaway {
  high when mean(kl[20]) > 0.3
}
"""),
    ),
    Code(
        "PTT206",
        "value outside its range",
        what="A number is outside its declared range, a range has no ends or its ends are "
        "swapped, or a number is too large to be stored.",
        why="Ranges say which values make sense to the author of a rule. Outside them the rule "
        "fires always or never.",
        failing=Rules("""\
param drop = 50 in 10%..90%
  "Fall from the baseline that counts as a collapse."
"""),
        fixed=Rules("""\
param drop = 50% in 10%..90%
  "Fall from the baseline that counts as a collapse."
"""),
    ),
    Code(
        "PTT207",
        "chained comparison",
        what="Two comparisons in a row, as in mathematics. A comparison in ptt has one sign; `x "
        "in a..b` tests both ends at once, and both ends belong to the range.",
        why="Languages disagree on the meaning of a chain, so it is easily misread.",
        failing=Rules("""\
metric loss: loss = "loss"

detector dpo_not_learning {
  medium when 0.68 < loss < 0.71
  for    50
}
"""),
        fixed=Rules("""\
metric loss: loss = "loss"

detector dpo_not_learning {
  medium when loss in 0.68..0.71
  for    50
}
"""),
    ),
    Code(
        "PTT208",
        "bad format specification",
        what="The part after the colon in `{now:.3f}` is Python's format of a number: `.3f` has "
        "three digits after the point, `.3g` three in all, `.0%` is a percentage.",
        why="The message could not be written at the moment it is needed. All values are "
        "floating-point numbers, so formats of whole numbers and texts do not fit.",
        failing=Rules("""\
metric kl: nats = "kl"

detector kl_runaway {
  high    when kl > 0.3
  message "KL is {kl:d}."
}
"""),
        fixed=Rules("""\
metric kl: nats = "kl"

detector kl_runaway {
  high    when kl > 0.3
  message "KL is {kl:.3f}."
}
"""),
    ),
    Code(
        "PTT209",
        "text where a number is needed",
        what="A text in quotes in place of a number. Numbers are written without quotes.",
        why="A number is never greater or smaller than a text, so the rule could never fire.",
        failing=Rules("""\
metric kl: nats = "kl"

detector kl_runaway {
  high when kl > "0.3"
}
"""),
        fixed=Rules("""\
metric kl: nats = "kl"

detector kl_runaway {
  high when kl > 0.3
}
"""),
    ),
    Code(
        "PTT210",
        "bad window",
        what="Windows and spans are whole numbers from 1, a window has a maximum size, and some "
        "statistics need more than one observation: a standard deviation needs at least 2, for "
        "instance.",
        why="Over too few observations the value is never known, so the rule could never fire. "
        "Too many would cost memory on the machine that trains.",
        failing=Rules("""\
metric reward: score = "reward"

detector reward_flat {
  high when std(reward[1]) == 0
}
"""),
        fixed=Rules("""\
metric reward: score = "reward"

detector reward_flat {
  high when std(reward[20]) == 0
}
"""),
    ),
    Code(
        "PTT211",
        "aggregate that does not support this window",
        what="Not every aggregate supports every window. A median, a quantile or a trend needs "
        "all observations of its window, so it does not support `[all]` or `[decay 20]`, which "
        "grow with the run.",
        why="Memory and time would grow with each step until the rule slows the training down.",
        failing=Rules("""\
metric grad_norm: norm = "grad_norm"

detector gradient_explosion {
  high when grad_norm > 10 * median(grad_norm[all])
}
"""),
        fixed=Rules("""\
metric grad_norm: norm = "grad_norm"

detector gradient_explosion {
  high when grad_norm > 10 * median(grad_norm[200])
}
"""),
    ),
    Code(
        "PTT212",
        "pack that keeps or computes too much",
        what="All windows of a pack together hold at most 200,000 observations, and its rules "
        "need at most 100,000 different operations. The detector with which the pack becomes too "
        "large is marked.",
        why="Rules are judged at each log event of a run that costs thousands: a pack must not "
        "fill its memory or slow it down.",
        failing=Rules(_many_windows("100000")),
        fixed=Rules(_many_windows("100")),
    ),
)
