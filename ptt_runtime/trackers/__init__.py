"""Findings, answers and artifacts in the experiment tracker that the trainer reports to."""

from ptt_runtime.trackers.answers import Answers
from ptt_runtime.trackers.part import Trackers, trackers_of
from ptt_runtime.trackers.tracker import Message, Tracker

__all__ = ["Answers", "Message", "Tracker", "Trackers", "trackers_of"]
