"""The dimensions along which a prompt is described, and the options of each."""

from dataclasses import dataclass

SUBJECTS = (
    "Agriculture", "Anthropology", "Architecture and design", "Biology", "Business", "Chemical engineering",
    "Chemistry", "Civil engineering", "Computer sciences", "Culinary arts", "Divinity", "Earth sciences", "Economics",
    "Education", "Electrical engineering", "Environmental studies and forestry", "Family and consumer science",
    "Geography", "History", "Human physical performance and recreation",
    "Journalism, media studies and communication", "Law", "Library and museum studies", "Linguistics and language",
    "Literature", "Logic", "Materials science and engineering", "Mathematics", "Mechanical engineering",
    "Medicine and health", "Military sciences", "Performing arts", "Philosophy", "Physics", "Political science",
    "Psychology", "Public administration", "Religion", "Social work", "Sociology", "Space sciences", "System science",
    "Transportation", "Visual arts", "Others",
)  # fmt: skip
LANGUAGES = (
    "Arabic", "Bengali", "Bulgarian", "Catalan", "Chinese", "Croatian", "Czech", "Danish", "Dutch", "English",
    "Estonian", "Finnish", "French", "German", "Greek", "Hebrew", "Hindi", "Hungarian", "Indonesian", "Italian",
    "Japanese", "Korean", "Latvian", "Lithuanian", "Malay", "Norwegian", "Persian", "Polish", "Portuguese", "Romanian",
    "Russian", "Serbian", "Slovak", "Slovenian", "Spanish", "Swahili", "Swedish", "Thai", "Turkish", "Ukrainian",
    "Vietnamese", "Others",
)  # fmt: skip


@dataclass(frozen=True)
class Dimension:
    """A question about a prompt. ``options`` are all answers there are, or None where words are free.

    ``most`` is how many answers may be given; ``meanings`` say what an option is, by option.
    """

    key: str
    question: str
    options: tuple[str, ...] | None
    most: int = 1
    meanings: tuple[str, ...] = ()


DIMENSIONS: dict[str, Dimension] = {
    one.key: one
    for one in (
        Dimension("subject", "Which fields does somebody need to know to answer well?", SUBJECTS, 3),
        Dimension(
            "expertise",
            "How much must somebody know of these fields to judge an answer?",
            ("general public", "basic domain knowledge", "expert domain knowledge"),
            meanings=("what most adults know", "about one course at university", "a degree in the field or more"),
        ),
        Dimension(
            "open_endedness",
            "How many different answers would be right?",
            ("no", "low", "moderate", "high"),
            meanings=("exactly one", "one, in several wordings", "a handful", "as many as there are writers"),
        ),
        Dimension(
            "safety",
            "How much harm could come of answering as asked?",
            ("safe", "low", "moderate", "high"),
            meanings=("none", "little, to few", "some, or to many", "grave, to nearly anyone"),
        ),
        Dimension(
            "complexity",
            "How many things does the prompt want done, and how hard are they together?",
            ("simple", "moderate", "complex"),
            meanings=("one thing", "several, none of them hard", "several hard ones"),
        ),
        Dimension("language", "In which languages is the prompt written?", LANGUAGES, 5),
        Dimension("context", "What material comes with it (a table, an article, code)? Say each kind in a word.",
                  None, 8),
        Dimension("format", "What does it ask of the answer's form (length, layout, words to use or avoid)? "
                  "Say each in a few words.", None, 8),
    )
}  # fmt: skip
