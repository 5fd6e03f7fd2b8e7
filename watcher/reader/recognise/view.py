"""What recognition looks at: the signs seen in subject, sender, header and opening, and its own words."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from watcher.model import Evidence, Kind
from watcher.reader.findings import Extract
from watcher.reader.parse.address import parse_mailboxes
from watcher.reader.parse.text import body_text
from watcher.reader.recognise.header_facts import HeaderFacts
from watcher.reader.recognise.marks import find_code, find_places
from watcher.reader.recognise.mentions import find_mentions, hide_addresses
from watcher.reader.recognise.once import once
from watcher.reader.recognise.quoting import drop_quoted
from watcher.reader.recognise.spoken import Spoken, read_spoken
from watcher.reader.ruleset.claims import Claims, Told
from watcher.reader.ruleset.concepts import Concepts
from watcher.reader.ruleset.signs import CHALLENGE, MARK, Hit, Signs, split_sentences
from watcher.reader.ruleset.wording import canonical, canonical_body


MAX_LABEL = 60  # characters before the colon of a subject
MAX_THANKS = 80  # characters in which it thanks for a mail
MAX_OPENING = 1_800  # characters of the body in which a message says what it is
# The line above a mail that an answer or a person passes on: dashes, or the first field of its header.
_PASSED_ON = re.compile(
    r"\n[^\S\n]{0,4}"
    r"(?:-{3,30} {0,2}\w|_{10}|(?:From|Von|De|Da|Van|Od|От|Från|Kimden)[^\S\n]?: {0,2}\S)"
)
# Signs, by language, that make an answer of a mail which says nothing else; a report may say so as well.
ON_CONDITION = STANDS_IN, SHUT, NOBODY_READS = (
    "auto_reply.body.stands_in.",  # who takes over until the writer is back
    "auto_reply.body.shut.",  # a shop or a practice that is shut
    "auto_reply.body.nobody_reads.",
)
PROGRAM = "x-mailer"
# Where the signs of each place are kept.
_HITS = {
    "subject": "subject_hits",
    "sender": "writer_hits",
    "header": "header_hits",
    "mark": "mark_hits",
    "body": "body_hits",
    "own": "own_hits",
}


@dataclass
class View(HeaderFacts):
    """One message, as recognition sees it; what costs is looked up when first asked for."""

    extract: Extract
    signs: Signs
    concepts: Concepts
    claims: Claims

    @once
    def _by_kind(self) -> dict[str, Mapping[Kind, tuple[Hit, ...]]]:
        """The signs seen at each place that was asked for, by kind."""
        return {}

    @once
    def rules(self) -> dict[str, Evidence]:
        """What extraction found, by rule."""
        return {evidence.rule: evidence for evidence in reversed(self.extract.evidence)}

    @once
    def subject_hits(self) -> tuple[Hit, ...]:
        """Signs in the subject, and in its label: `Auto: …`."""
        labelled = self.signs.find("label", canonical(self.label[:MAX_LABEL]).removesuffix("re "))
        return (*labelled, *self.signs.find("subject", canonical(self.subject)))

    @once
    def writer_hits(self) -> tuple[Hit, ...]:
        """Signs of who wrote it."""
        return self.signs.find_writer(self.message.headers)

    @once
    def sender_hits(self) -> tuple[Hit, ...]:
        """Signs that a mail system wrote it: its name, or that of a program for reports."""
        return tuple(hit for hit in self.writer_hits if hit.sign.kind is Kind.BOUNCE) or self.program_hits

    @once
    def program_hits(self) -> tuple[Hit, ...]:
        """Signs that the program that wrote it writes reports."""
        hits = self.header_hits if PROGRAM in self.message.headers else ()
        return tuple(hit for hit in hits if hit.sign.kind is Kind.BOUNCE and hit.sign.header == PROGRAM)

    @once
    def header_hits(self) -> tuple[Hit, ...]:
        """Signs in other header fields."""
        headers, names = self.message.headers, self.message.headers.names()
        given = [(name, headers.first(name)) for name in self.signs.header_names() if name in names]
        return tuple(
            hit for name, value in given for hit in self.signs.find_header(name, canonical(value or ""))
        )

    @once
    def opening_text(self) -> str:
        """How the readable text begins, as it came."""
        return body_text(self.message, MAX_OPENING)

    @once
    def opening(self) -> str:
        """How the readable text begins, in canonical form."""
        return canonical_body(self.opening_text)

    @once
    def has_address(self) -> bool:
        """Whether the opening names an address, or what new ones end in."""
        return "@" in self.opening_text

    @once
    def has_link(self) -> bool:
        """Whether its own words bring a link, or hide one behind them."""
        if "://" in self.own_text:
            return True
        pages = (part for part in self.message.walk() if part.content_type == "text/html")
        return any("href=" in page.as_text().lower() for page in pages)

    @once
    def body_hits(self) -> tuple[Hit, ...]:
        """Signs in the opening."""
        return self.signs.find("body", self.opening)

    @once
    def challenge_hits(self) -> tuple[Hit, ...]:
        """Signs of a challenge in the opening: those of `body_hits`, for who asks for no others."""
        return self.signs.find(CHALLENGE, self.opening)

    @once
    def own_text(self) -> str:
        """What the opening says itself, as it came."""
        told = self.opening_text.lstrip()
        passed_on = _PASSED_ON.search(told)
        if passed_on:
            told = told[: passed_on.start()]
        if ">" in told or "|" in told:
            told = drop_quoted(told)
        return told

    @once
    def thanks_for_mail(self) -> bool:
        """Whether it begins with thanks for a mail, as an answer does."""
        begin = self.own[:MAX_THANKS]
        first = split_sentences(begin)[0].partition(" , ")[0]
        thanked = self.concepts.find(first) if first != begin else {}
        about = self.claims.concepts.find(first) if thanked else {}
        thanks, mail = self.concepts.bits_of("thanks"), self.claims.concepts.bits_of("mail")
        return any(bits & thanks and about.get(language, 0) & mail for language, bits in thanked.items())

    @once
    def is_quoting(self) -> bool:
        """Whether it quotes lines of another mail, as people do."""
        return "\n>" in self.opening_text

    @once
    def own(self) -> str:
        """What the opening says itself, without what it quotes and passes on, in canonical form."""
        return canonical_body(hide_addresses(self.own_text))

    @once
    def names_another(self) -> bool:
        """Whether its own words name an address that is neither the writer's nor the reader's."""
        fields = ("From", "To", "Reply-To")
        known = {
            each.lower() for name in fields for each in parse_mailboxes(self.message.headers.first(name))
        }
        told = self.own_text
        return any(told[start:end].lower() not in known for start, end in find_mentions(told))

    @once
    def own_hits(self) -> tuple[Hit, ...]:
        """Signs in the mail's own words."""
        return self.signs.find("body", self.own)  # remembered where it is the whole opening

    @once
    def mark_hits(self) -> tuple[Hit, ...]:
        """Signs in the code of the subject, in links of its own words, and in whom an answer goes to.

        An address in the text counts where a machine says that it wrote it: people quote what they were sent.
        """
        headers, told = self.message.headers, self.own_text
        code = "" if self.is_reply else find_code(self.subject, told)
        links = not (self.is_null_sender or self.auto_submitted.startswith("auto"))
        writers = f"{headers.first('Reply-To') or ''} {headers.first('From') or ''}"
        lower = f"{told} {writers}".lower()
        if not (code or any(word in lower for word in self.signs.mark_words)):
            return ()
        places = f"{find_places(told, links=links)} {find_places(writers)}"
        return self.signs.find(MARK, canonical(f"{code} {places}"))

    @once
    def spoken(self) -> Spoken:
        """What its sentences speak of, each on its own."""
        label = "" if self.is_reply else self.subject
        return read_spoken(self.own, label, self.own_hits, self.concepts, named=self.names_another)

    @once
    def claimed(self) -> tuple[Told, ...]:
        """The claims that its writer, its subject and its own words make together."""
        writer = (self.message.headers.first("From") or "").partition("@")[0]
        return self.claims.find(f"{canonical(writer)}. {canonical(self.subject)}.{self.own}")

    def find_fate(self, place: str) -> tuple[Hit, ...]:
        """Return what the subject, or its own words, tell of a letter in whatever words."""
        return self.signs.find_fate(self.subject if place == "subject" else self.own_text)

    @once
    def has_signs(self) -> bool:
        """Whether any sign in it is of another kind than ordinary mail: most ordinary mail has none."""
        places = (self.subject_hits, self.writer_hits, self.own_hits, self.header_hits)
        return any(hit.sign.kind is not Kind.ORDINARY for hits in places if hits for hit in hits)

    @once
    def greetings(self) -> tuple[Hit, ...]:
        """Signs of how people begin a letter, or ask to stay; not of how they go on."""
        return tuple(hit for hit in self.of(Kind.ORDINARY, "own") if hit.sign.reason is None)

    @once
    def is_answerable(self) -> bool:
        """Whether its envelope names somebody to answer, as no report's does, and no mail system wrote it.

        RFC 5321 section 4.5.5: reports go out with the null return-path.  Without the field nobody knows.
        """
        path = self.message.headers.raw("Return-Path")
        return path is not None and not self.is_null_sender and not self.sender_hits

    def answer_hits(self, *places: str) -> tuple[Hit, ...]:
        """Return the signs of an automatic answer that say so whatever else a mail says."""
        found = self.of(Kind.AUTO_REPLY, *places)
        return tuple(hit for hit in found if not hit.sign.id.startswith(ON_CONDITION)) if found else ()

    def of(self, kind: Kind, *places: str) -> tuple[Hit, ...]:
        """Return the signs of a kind seen in the places named."""
        found: tuple[Hit, ...] = ()
        for place in places:
            known = self._by_kind.get(place)
            if known is None:
                known = self._by_kind[place] = _sort(getattr(self, _HITS[place]))
            found += known.get(kind, ())
        return found


def _sort(hits: tuple[Hit, ...]) -> Mapping[Kind, tuple[Hit, ...]]:
    found: dict[Kind, tuple[Hit, ...]] = {}
    for hit in hits:
        found[hit.sign.kind] = (*found.get(hit.sign.kind, ()), hit)
    return found
