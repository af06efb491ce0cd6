"""The values of a program by definition: slow, obvious, and used by tests only.

The other two backends go for speed: one keeps blocks between rows, the other computes whole
columns. Here nothing is kept. For each row all rows so far are read, the observations of the
series are listed, the window is cut out of the list, and the statistic is worked out of what is
left. Whoever reads `windows` and `statistics` beside the language reference can see that they
say the same; the tests see that the other two backends give the same, to the last bit.

Shared with the others are only the reading of rows and the formulas that join two blocks
(`merges`), since the order of the additions is a part of what a mean is here: the essay in
`backends` says why. The folding itself is written anew, as a recursion.
"""

from ptt_rules.backends.reference.log import Log, log_of
from ptt_rules.backends.reference.values import Reader, Value

__all__ = ["Log", "Reader", "Value", "log_of"]
