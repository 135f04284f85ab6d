"""The articles: `regulations-ja.txt` filled with the terms. One line is one paragraph, item or heading.

# chapter      ## article @label      text of a paragraph      - item of the paragraph before
A line may end in `?name` or `?not name`: it stands only while that term is true (false).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from kuramori.guideline.profiles import PROFILES
from kuramori.guideline.regulation_terms import kept_for, span
from kuramori.paper.regulations import Article, Chapter, Paragraph
from kuramori.policy.regulations import MONTH_DAYS, Terms

TEXT = Path(__file__).with_name("regulations-ja.txt")
_CONDITION = re.compile(r"^(?P<words>.*?)(?: \?(?P<negated>not )?(?P<term>[a-z_]+))?$")
_HEADING = re.compile(r"^## (?P<title>\S+) @(?P<label>[a-z]+)$")


@dataclass
class _Draft:
    title: str
    label: str
    paragraphs: list[tuple[str, list[str]]] = field(default_factory=list)


def chapters(terms: Terms) -> list[Chapter]:
    """The articles for `terms`, numbered through; references to articles are filled in."""
    drafts = _drafts(_conditions(terms))
    labels = [one.label for _title, articles in drafts for one in articles]
    values = _values(terms) | {f"a_{label}": place for place, label in enumerate(labels, start=1)}
    made, number = [], 0
    for place, (title, articles) in enumerate(drafts, start=1):
        said = []
        for one in articles:
            number += 1
            paragraphs = [
                Paragraph(text.format_map(values), [item.format_map(values) for item in items])
                for text, items in one.paragraphs
            ]
            said.append(Article(number, one.title, paragraphs))
        made.append(Chapter(place, title, said))
    return made


def _drafts(holds: dict[str, bool]) -> list[tuple[str, list[_Draft]]]:
    made: list[tuple[str, list[_Draft]]] = []
    skipped = False
    for line in _lines():
        found = _CONDITION.match(line)
        assert found is not None
        words, term = found["words"], found["term"]
        stands = term is None or holds[term] != bool(found["negated"])
        if words.startswith("# "):
            made.append((words[2:], []))
        elif words.startswith("## "):
            skipped = not stands
            heading = _HEADING.match(words)
            assert heading is not None
            if stands:
                made[-1][1].append(_Draft(heading["title"], heading["label"]))
        elif skipped or not stands:
            continue
        elif words.startswith("- "):
            made[-1][1][-1].paragraphs[-1][1].append(words[2:])
        else:
            made[-1][1][-1].paragraphs.append((words, []))
    return made


@lru_cache(maxsize=1)
def _lines() -> tuple[str, ...]:
    return tuple(line for line in TEXT.read_text("utf-8").splitlines() if line)


def _conditions(terms: Terms) -> dict[str, bool]:
    return {
        "one_person": terms["one_person"],
        "filing": terms["periods"]["filing"],
        "annual_report": terms["periods"]["annual_report"],
    }


def _values(terms: Terms) -> dict[str, Any]:
    cameras, body = terms["cameras"], terms["body"]
    longest = max(cameras, key=lambda one: MONTH_DAYS if one["months"] else one["days"] or 0, default=None)
    purposes = dict.fromkeys(one["purpose"] for one in cameras if one["purpose"])
    notice = f"また、{body['notice_url']} により公表する。" if body["notice_url"] else ""
    return {
        **terms["periods"],
        "name": body["name"],
        "telephone": body["telephone"],
        "notice": notice,
        "guideline": str(PROFILES[terms["guideline"]].title),
        "purposes": "、".join(purposes) or "犯罪の防止",
        "cameras": len(cameras),
        "privacy_review": span(terms["periods"]["privacy_review_days"]),
        "sign_photo_again": span(terms["periods"]["sign_photo_again_days"]),
        "longest": kept_for(longest) if longest else "未定",
    }
