"""Reads one language's PO file and names everything that is wrong with it.

Texts are keyed by stable ids; a text with plural forms has the id's ``_plural`` twin, as gettext wants it. Nothing
compiled is kept: the file that translators edit is the one that is read at the start.
"""

import re
from collections import Counter
from dataclasses import dataclass
from gettext import GNUTranslations, NullTranslations
from io import BytesIO, StringIO
from pathlib import Path
from string import Formatter
from typing import NoReturn

from babel.core import Locale, UnknownLocaleError
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po

from messages.markup import markup_problem

PLURAL = "_plural"
_MSGID = re.compile(r'^msgid "(.+)"$', re.MULTILINE)
_ID = re.compile(r"[a-z0-9_]+(\.[a-z0-9_]+)+")
_NAME = re.compile(r"[a-z][a-z_]*")


class CatalogError(ValueError):
    """The texts cannot be used; ``problems`` has one line for each mistake, naming file and id."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class Texts:
    """One language's texts: the forms of each id, which ids have plural forms, and the same as gettext reads them."""

    file: str
    locale: Locale
    forms: dict[str, tuple[str, ...]]
    plurals: frozenset[str]
    translations: GNUTranslations


class _Missing(NullTranslations):
    """What gettext falls back to: an id without a text is a mistake of ours, not a text."""

    def gettext(self, message: str) -> NoReturn:
        raise KeyError(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> NoReturn:
        raise KeyError(msgid1)


def read_texts(path: Path) -> Texts:
    """Read and check one PO file; raises :class:`CatalogError` with all its mistakes."""
    try:
        source = path.read_text("utf-8")
        catalog = read_po(StringIO(source), ignore_obsolete=True, abort_invalid=True)
    except (OSError, UnicodeDecodeError, PoFileError, UnknownLocaleError, ValueError) as error:
        raise CatalogError([f"{path.name}: cannot be read: {error}"]) from error
    if catalog.locale is None:
        raise CatalogError([f"{path.name}: the header names no known Language"])
    messages = [message for message in catalog if message.id]
    problems = [f"{path.name}: {name}: stands there twice" for name in _twice(source)]
    problems += [f"{path.name}: {_id(m)}: {problem}" for m in messages for problem in _problems(m, catalog.num_plurals)]
    if problems:
        raise CatalogError(problems)
    plurals = frozenset(_id(m) for m in messages if isinstance(m.id, tuple))
    return Texts(path.name, catalog.locale, {_id(m): _forms(m) for m in messages}, plurals, _compiled(catalog))


def differences(texts: Texts, reference: Texts) -> list[str]:
    """What ``texts`` lack or have in excess, measured by the ``reference`` language."""
    missing = [f"{texts.file}: {name}: is missing" for name in reference.forms if name not in texts.forms]
    unknown = [f"{texts.file}: {name}: is unknown" for name in texts.forms if name not in reference.forms]
    unlike = [
        f"{texts.file}: {name}: {problem}"
        for name in texts.forms.keys() & reference.forms.keys()
        if (problem := _difference(texts, reference, name))
    ]
    return missing + unknown + sorted(unlike)


def _difference(texts: Texts, reference: Texts, name: str) -> str | None:
    if (name in texts.plurals) != (name in reference.plurals):
        return f"must have plural forms exactly where {reference.file} has them"
    ours, theirs = texts.forms[name], reference.forms[name]
    if placeholders(ours) != placeholders(theirs):
        return f"has {_names(ours)} where {reference.file} has {_names(theirs)}"
    return None


def placeholders(forms: tuple[str, ...]) -> frozenset[str]:
    """The names of the facts that a text speaks of, over all its plural forms."""
    return frozenset(name for form in forms for _, name, _, _ in Formatter().parse(form) if name is not None)


def _twice(source: str) -> list[str]:
    return [name for name, times in Counter(_MSGID.findall(source)).items() if times > 1]


def _problems(message: Message, plurals: int) -> list[str]:
    name, forms = _id(message), _forms(message)
    problems = []
    if not _ID.fullmatch(name):
        problems.append("is no id such as question.symptoms")
    if isinstance(message.id, tuple) and message.id[1] != name + PLURAL:
        problems.append(f"its plural is named {message.id[1]}, not {name}{PLURAL}")
    if message.fuzzy:
        problems.append("is marked fuzzy: review it")
    if isinstance(message.id, tuple) and len(forms) != plurals:
        problems.append(f"has {len(forms)} plural forms, not {plurals}")
    if not all(form.strip() for form in forms):
        problems.append("has no text")
    return problems + [problem for form in forms if (problem := _placeholder_problem(form) or markup_problem(form))]


def _placeholder_problem(text: str) -> str | None:
    try:
        fields = [(name, spec, conversion) for _, name, spec, conversion in Formatter().parse(text) if name is not None]
    except ValueError as error:
        return f"has a bad placeholder: {error}"
    for name, spec, conversion in fields:
        if spec or conversion or not _NAME.fullmatch(name):
            return f"has a bad placeholder: {{{name}}}"
    return None


def _id(message: Message) -> str:
    return str(message.id[0] if isinstance(message.id, tuple) else message.id)


def _forms(message: Message) -> tuple[str, ...]:
    return tuple(message.string) if isinstance(message.string, (tuple, list)) else (str(message.string),)


def _names(forms: tuple[str, ...]) -> str:
    return ", ".join(f"{{{name}}}" for name in sorted(placeholders(forms))) or "no placeholder"


def _compiled(catalog: Catalog) -> GNUTranslations:
    buffer = BytesIO()
    write_mo(buffer, catalog)
    buffer.seek(0)
    translations = GNUTranslations(buffer)
    translations.add_fallback(_Missing())
    return translations
