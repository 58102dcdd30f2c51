"""Counting: what was checked and what was wrong.

Every comparison of the oracles goes through Report.check or Report.equal, so that the summary's numbers are the number of
comparisons that were really made. A run that compared nothing is a failure (Report.passed).
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Report:
    """The result of one case on one target; add() sums them up."""

    records: int = 0
    members: int = 0
    checks: int = 0
    wrong: list[str] = field(default_factory=list)

    def check(self, ok: bool, text: str) -> bool:
        """Count one comparison; text says what is wrong if it does not hold."""
        self.checks += 1
        if not ok:
            self.wrong.append(text)
        return ok

    def equal(self, what: str, hdrgen: object, clang: object) -> bool:
        """Count one comparison of hdrgen's value with clang's."""
        return self.check(hdrgen == clang, f"{what}: hdrgen {hdrgen}, clang {clang}")

    def fail(self, text: str) -> None:
        """A fault that kept checks from being made."""
        self.check(False, text)

    def add(self, other: Report) -> None:
        self.records += other.records
        self.members += other.members
        self.checks += other.checks
        self.wrong += other.wrong

    def passed(self) -> bool:
        return self.checks > 0 and not self.wrong

    def summary(self) -> str:
        return f"{self.records} records, {self.members} members, {self.checks} checks, {len(self.wrong)} wrong"
