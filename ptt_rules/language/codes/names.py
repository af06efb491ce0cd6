"""Pages of group 1: names."""

from __future__ import annotations

from ptt_rules.language.codes.page import Code, Rules

PAGES = (
    Code(
        "PTT101",
        "unknown name",
        what="No metric, parameter, `let`, function, level or detector of this name is in scope, "
        "neither in the pack nor in the packs that it extends. The hint gives the nearest name.",
        why="A misspelt metric is never observed, so the rule would be silent for ever, and its "
        "silence would look like health.",
        failing=Rules("""\
metric entropy: nats = "entropy", "policy/entropy_avg"

detector entropy_collapse {
  high when mean(entrpy[20]) < 0.1
}
"""),
        fixed=Rules("""\
metric entropy: nats = "entropy", "policy/entropy_avg"

detector entropy_collapse {
  high when mean(entropy[20]) < 0.1
}
"""),
    ),
    Code(
        "PTT102",
        "name declared twice",
        what="Two declarations have the same name, or a clause that may appear once appears "
        "twice. Metrics and parameters share one set of names.",
        why="One of the two would have no effect, and which one would depend on the order of the "
        "files. A metric with several keys is one declaration: the first key that a log has "
        "counts.",
        failing=Rules("""\
metric kl: nats = "kl"
metric kl: nats = "objective/kl"

detector kl_runaway {
  high when mean(kl[20]) > 0.3
}
"""),
        fixed=Rules("""\
metric kl: nats = "kl", "objective/kl"

detector kl_runaway {
  high when mean(kl[20]) > 0.3
}
"""),
    ),
    Code(
        "PTT103",
        "unknown placeholder in a text",
        what="A text names a value in braces that is neither a metric, a parameter nor a `let` of "
        "its detector, or its braces do not match. Write a literal brace as `{{` or `}}`.",
        why="Texts are read when a run is in trouble. Find a hole in a text now rather than then.",
        failing=Rules("""\
metric margins: score = "rewards/margins"

detector margin_lost {
  let now = mean(margins[20])
  high    when now < 0.01
  message "The margin is {curent:.3f}."
}
"""),
        fixed=Rules("""\
metric margins: score = "rewards/margins"

detector margin_lost {
  let now = mean(margins[20])
  high    when now < 0.01
  message "The margin is {now:.3f}."
}
"""),
    ),
    Code(
        "PTT104",
        "unknown clause or word",
        what="A word from a fixed list belongs here, and this word is not in the list. Units are "
        "`ratio nats loss score tokens seconds bytes count norm rate none`.",
        why="Units distinguish a threshold of 0.3 nats from one of 30%. An unknown unit could be "
        "compared with anything.",
        failing=Rules("""\
metric kl: nat = "kl"
"""),
        fixed=Rules("""\
metric kl: nats = "kl"
"""),
    ),
    Code(
        "PTT105",
        "a name that is defined by itself",
        what="A `let` uses itself, or a `let` further down. A `let` may use metrics, parameters "
        "and the `let`s above it.",
        why="It would never have a value, since its value would have to be known already.",
        failing=Rules("""\
metric entropy: nats = "entropy"

detector entropy_collapse {
  let drop = 1 - now / base
  let base = mean(entropy[first 30])
  let now  = mean(entropy[30])
  high when drop > 50%
}
"""),
        fixed=Rules("""\
metric entropy: nats = "entropy"

detector entropy_collapse {
  let base = mean(entropy[first 30])
  let now  = mean(entropy[30])
  let drop = 1 - now / base
  high when drop > 50%
}
"""),
    ),
    Code(
        "PTT106",
        "detector without a level",
        what="A detector has texts and settings, but no condition: none of "
        "`critical when`, `high when`, `medium when`, `low when`.",
        why="It could never fire.",
        failing=Rules("""\
metric grad_norm: norm = "grad_norm"

detector gradient_gone {
  for     10
  message "The gradient norm was 0 in 10 logs in a row."
}
"""),
        fixed=Rules("""\
metric grad_norm: norm = "grad_norm"

detector gradient_gone {
  high    when grad_norm == 0
  for     10
  message "The gradient norm was 0 in 10 logs in a row."
}
"""),
    ),
    Code(
        "PTT107",
        "reaction without an action",
        what="A reaction of a policy has a trigger, but no action in its braces.",
        why="The policy looks as if it guarded the run, and does nothing when it matters.",
        failing=Rules("""\
policy careful {
  on critical { }
}
"""),
        fixed=Rules("""\
policy careful {
  on critical { checkpoint stop }
}
"""),
    ),
    Code(
        "PTT108",
        "empty logged key",
        what="A metric has an empty text in place of the key that the trainer logs.",
        why="No trainer logs a value without a name, so the metric would never be observed.",
        failing=Rules("""\
metric reward: score = ""
"""),
        fixed=Rules("""\
metric reward: score = "reward", "objective/scores"
"""),
    ),
    Code(
        "PTT109",
        "family where one metric is needed, or the reverse",
        what="A family such as `reward_of` is many metrics, one for each key that fits its "
        'pattern. Where one metric is needed, say which: `reward_of["format"]`, or add `for each '
        "reward_of` after the detector's name to judge each instance separately. A plain metric "
        "has no instances.",
        why="The rewards of different functions in one window would be a mixture that nobody "
        "logged.",
        failing=Rules("""\
metric reward_of[func]: score = "rewards/{func}/mean"

detector reward_function_flat {
  medium  when std(reward_of[50]) == 0
  message "A reward function gives the same score always."
}
"""),
        fixed=Rules("""\
metric reward_of[func]: score = "rewards/{func}/mean"

detector reward_function_flat for each reward_of {
  medium  when std(reward_of[50]) == 0
  message "The reward function {func} gives the same score always."
}
"""),
    ),
    Code(
        "PTT112",
        "clause of the detector in the braces of a level",
        what="A level can have a `for`, a `message`, a `why` and a `remedy` of its own. Summary "
        "and reference are the detector's.",
        why="Lists of detectors show one summary, whatever the level.",
        failing=Rules("""\
metric kl: nats = "kl"

detector kl_runaway {
  high      when mean(kl[20]) > 0.3 {
    for     10
    summary "The policy runs away"
  }
}
"""),
        fixed=Rules("""\
metric kl: nats = "kl"

detector kl_runaway {
  summary   "The policy runs away"
  high      when mean(kl[20]) > 0.3 {
    for     10
  }
}
"""),
    ),
    Code(
        "PTT113",
        "question to a detector that has no answer here",
        what="`firing(detector)` is known at the judged row alone: it stands in conditions, in "
        "`until` and in `when`, and neither in a window nor in a formula. What is in shadow can "
        "only be asked for by what is in shadow too.",
        why="A window would be of rows that were judged by other rules than the present ones, and "
        "nothing may follow from a rule that is only tried.",
        failing=Rules("""\
metric kl: nats = "kl"

detector kl_high {
  high when kl > 0.3
}
detector kl_often_high {
  high when share(firing(kl_high)[20]) > 50%
}
"""),
        fixed=Rules("""\
metric kl: nats = "kl"

detector kl_high {
  high when kl > 0.3
}
detector kl_often_high {
  high when share((kl > 0.3)[20]) > 50%
}
"""),
    ),
)
