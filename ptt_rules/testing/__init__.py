"""Tests of rules: series, cases, runner, coverage, and helpers for tests written in Python."""
