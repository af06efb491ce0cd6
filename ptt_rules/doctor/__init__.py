"""What of a set-up will trip ptt, before a training begins: a row a check, each with a way out."""

from ptt_rules.doctor.check import Finding, Verdict
from ptt_rules.doctor.examine import CHECKS, examine
from ptt_rules.doctor.given import setup_of
from ptt_rules.doctor.setup import Machine, Setup

__all__ = ["CHECKS", "Finding", "Machine", "Setup", "Verdict", "examine", "setup_of"]
