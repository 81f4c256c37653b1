"""Documents that are hard to canonicalize, made at random from a seed.

Every document is well-formed and namespace-well-formed. What it avoids, because libxml2 departs
from the recommendations there, is written where it is avoided.
"""

import random

#: The Id of the element whose form is compared; it has no namespace.
APEX = "apex"

#: libxml2 leaves the ampersand of this namespace name unescaped where it declares it.
AMPERSAND = "urn:q?a=1&amp;b=2"

# That two prefixes stand for one name is likely. All are URIs: libxml2 takes others, with é in them, for
# relative. No quotation marks: libxml2 writes such a name
# between apostrophes. No name without a scheme: it has no canonical form.
_NAMESPACES = ["urn:a", "urn:b", "urn:a", "http://example.org/%C3%A9?x=1#y", "urn:Z", "urn:a:b"]
_PREFIXES = ["a", "b", "p", "q", "xs", "Z", "é", "p-1", "a.b", "soapenv"]
_LOCALS = ["a", "b", "B", "item", "é", "ab", "a-b", "_x", "日本", "type"]
_SPACES = [" ", " ", " ", "  ", "\n", "\t", "\r\n", "\r", " \n\t "]
_TEXT = """text|42|a=b;|é|日本|😀|\u2028|\x85|]]|>|"|'| |\n|\r\n|\r|\t|&amp;|&lt;|&gt;|&quot;|&apos;|&#65;
&#x1F600;|&#13;|&#10;|&#9;|&#xd;|&#38;|&#60;|&#x3e;|&#34;|&#32;|&#x27;""".replace(";\n", ";|").split("|")
_CDATA = ["<", "&", ">", "]", " ]]", "&amp;", "\r\n", "\r", "text", "é", '"']
_DATA = ["x", " ", "\r\n", "\n", "é", "<&>", "'", '"', "a=b"]
# Nothing but what libxml2 joins as section 2.4 of Canonical XML 1.1 has it.
_BASES = ["http://example.org/a/", "http://example.org/b/c", "e/", "f/g", "/h/i/", "../j/", "k/../l"]

#: What may come for the list of prefixes.
PREFIX_LIST = [*_PREFIXES, "#default", "nowhere"]


class _Writer:
    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.carriage_returns = self.chance(0.5)
        self.namespaces = [*_NAMESPACES, AMPERSAND] if self.chance(0.05) else _NAMESPACES
        self.bases = self.chance(0.3)
        self.has_apex = False
        self.repeats = False
        self.ids = 0

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def some(self, pieces: list[str], most: int) -> str:
        chosen = "".join(self.random.choices(pieces, k=self.random.randint(0, most)))
        return chosen if self.carriage_returns else chosen.replace("\r", "")

    def space(self) -> str:
        return self.some(_SPACES, 1) or " "

    def document(self) -> str:
        declarations = ["", "<?xml version='1.0'?>", '<?xml version="1.0" encoding="UTF-8"?>\n']
        root = self.element({}, 0)
        text = self.random.choice(declarations) + self.outside() + root + self.outside()
        return text.replace("\1", "]]>")

    def outside(self) -> str:
        parts = ""
        while self.chance(0.4):
            parts += self.random.choice([self.comment, self.instruction, self.space])()
        return parts

    def element(self, outer: dict[str, str], depth: int) -> str:
        scope = dict(outer)
        attributes = [self.declaration(scope) for _ in range(self.few(3))]
        attributes = list(dict(reversed(attributes)).items())
        scope = {**outer, **{prefix: name for prefix, name in attributes}}
        parts = [self.quoted("xmlns:" + prefix if prefix else "xmlns", name) for prefix, name in attributes]
        prefixes = [prefix for prefix in scope if prefix]
        name = self.name(self.random.choice([*prefixes, ""]), self.random.choice(_LOCALS))
        taken = set()
        for _ in range(self.few(4)):
            prefix = self.random.choice([*prefixes, "", ""])
            local = self.random.choice(_LOCALS)
            if (scope.get(prefix) if prefix else "", local) not in taken:
                taken.add((scope.get(prefix) if prefix else "", local))
                parts.append(self.quoted(self.name(prefix, local), self.value()))
        parts += self.xml_attributes()
        if not self.has_apex and not self.repeats and depth > 0 and self.chance(0.3):
            self.has_apex = True
            parts.append(self.quoted("Id", APEX))
        self.random.shuffle(parts)
        tag = name + "".join(self.space() + part for part in parts) + self.maybe_space()
        content = self.content(scope, depth)
        if not content and self.chance(0.7):
            return f"<{tag}/>"
        return f"<{tag}>{content}</{name}{self.maybe_space()}>"

    def few(self, most: int) -> int:
        return self.random.randint(0, most) if self.chance(0.6) else 0

    def name(self, prefix: str, local: str) -> str:
        return f"{prefix}:{local}" if prefix else local

    def declaration(self, scope: dict[str, str]) -> tuple[str, str]:
        if self.chance(0.3):
            return "", self.random.choice([*self.namespaces, "", ""])
        return self.random.choice(_PREFIXES), self.random.choice(self.namespaces)

    def xml_attributes(self) -> list[str]:
        parts = []
        if self.chance(0.1):
            parts.append(self.quoted("xml:lang", self.random.choice(["en", "de-AT", ""])))
        if self.chance(0.1):
            parts.append(self.quoted("xml:space", self.random.choice(["preserve", "default"])))
        if self.bases and self.chance(0.3):
            parts.append(self.quoted("xml:base", self.random.choice(_BASES)))
        if self.chance(0.05) and not self.repeats:
            self.ids += 1
            parts.append(self.quoted("xml:id", f"id{self.ids}"))
        return parts

    def value(self) -> str:
        if self.repeats and self.chance(0.7):
            return "\0"
        return self.some(_TEXT, 3)

    def quoted(self, name: str, value: str) -> str:
        equals = self.maybe_space() + "=" + self.maybe_space()
        if self.chance(0.7):
            return f'{name}{equals}"' + value.replace('"', "&quot;") + '"'
        return f"{name}{equals}'" + value.replace("'", "&#39;") + "'"

    def maybe_space(self) -> str:
        return self.space() if self.chance(0.05) else ""

    def content(self, scope: dict[str, str], depth: int) -> str:
        most = 5 if depth < 6 else 1
        parts = [self.part(scope, depth) for _ in range(self.few(most) + (depth == 0))]
        if not self.repeats and depth < 3 and self.chance(0.15):
            parts.append(self.lines(scope))
        if depth == 0 and not self.has_apex:
            self.has_apex = True
            parts.append(f"<b Id='{APEX}'>" + self.part(scope, 1) + "</b>")
        return "".join(parts).replace("]]>", "]]&gt;")

    def part(self, scope: dict[str, str], depth: int) -> str:
        kind = self.random.random()
        if kind < 0.5 and depth < 8:
            return self.element(scope, depth + 1)
        if kind < 0.8:
            return self.value()
        if kind < 0.87:
            # \1 becomes the end of the section, which in text would be an error.
            return "<![CDATA[" + self.some(_CDATA, 3).replace("]>", "] >") + "\1"
        return self.comment() if kind < 0.94 else self.instruction()

    def comment(self) -> str:
        return f"<!--{self.some(_DATA, 3)}-->"

    def instruction(self) -> str:
        data = self.some(_DATA, 3)
        return f"<?{self.random.choice(['p', 'é', 'xml-stylesheet'])}{self.space()}{data}?>"

    def lines(self, scope: dict[str, str]) -> str:
        """Elements that repeat themselves but for some values, as lines of an order do, here and
        where the same prefixes stand for something else."""
        self.repeats = True
        templates = [self.element(scope, 4) for _ in range(self.random.randint(1, 3))]
        self.repeats = False
        lines = []
        for _ in range(self.random.choice([3, 60, 100])):
            pieces = self.random.choice(templates).split("\0")
            line = pieces[0] + "".join(self.plain() + piece for piece in pieces[1:])
            if self.chance(0.2):
                # Names that stand nowhere else: two attributes may not become the same.
                rebound = [prefix for prefix in scope if prefix and self.chance(0.5)]
                names = "".join(f' xmlns:{prefix}="urn:line:{number}"' for number, prefix in enumerate(rebound))
                line = f"<w{names}>{line}</w>"
            lines.append(line)
        return "".join(lines)

    def plain(self) -> str:
        return self.random.choice(["", "1", "text", "é", "&amp;", "&#10;", "\n", "&lt;>"])


def document(seed: int) -> bytes:
    """The document of a seed."""
    return _Writer(seed).document().encode()
