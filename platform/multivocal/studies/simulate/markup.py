"""A small tree of an HTML page: what a bot needs of a document, from the standard library's parser."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

_VOID = frozenset(
    ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr")
)


@dataclass
class Node:
    """An element; text stands among the children as strings."""

    tag: str
    attrs: dict[str, str] = field(default_factory=dict)
    children: list["Node | str"] = field(default_factory=list)
    parent: "Node | None" = field(default=None, repr=False)

    def walk(self) -> Iterator["Node"]:
        """Yield this element and everything in it, in the page's order."""
        yield self
        for child in self.children:
            if isinstance(child, Node):
                yield from child.walk()

    def find(self, tag: str) -> "Node | None":
        """Return the first element of this name inside, or None."""
        return next((node for node in self.walk() if node.tag == tag), None)

    def above(self) -> Iterator["Node"]:
        """Yield the elements around this one, innermost first."""
        node = self.parent
        while node is not None:
            yield node
            node = node.parent

    def has_class(self, name: str) -> bool:
        """Return whether the element's class list names ``name``."""
        return name in self.attrs.get("class", "").split()

    @property
    def text(self) -> str:
        """The words inside, with spaces as a reader sees them."""
        return " ".join(self.raw.split())

    @property
    def raw(self) -> str:
        """The words inside, as they stand."""
        return "".join(child if isinstance(child, str) else child.raw for child in self.children)


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = self.here = Node("#page")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = Node(tag, {name: value or "" for name, value in attrs}, parent=self.here)
        self.here.children.append(node)
        if tag not in _VOID:
            self.here = node

    def handle_endtag(self, tag: str) -> None:
        for node in [self.here, *self.here.above()]:
            if node.tag == tag:
                self.here = node.parent or self.root
                return

    def handle_data(self, data: str) -> None:
        self.here.children.append(data)


def parse_page(html: str) -> Node:
    """Return the tree of a page; sloppy markup gives a sloppy tree, never an error."""
    builder = _Builder()
    builder.feed(html)
    builder.close()
    return builder.root
