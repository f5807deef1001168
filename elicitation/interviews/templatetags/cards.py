"""Lines of a values card: the word in capitals that a line begins with stands out."""

import re

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()
_LEAD = re.compile(r"^\W*[^\W\d_a-z]{2,}(?:[ -][^\W\d_a-z]{2,})*(?=[\s,.:;]|$)")


@register.filter
def with_lead(line: str) -> SafeString:
    """Return a line with its first words in capitals marked; scripts without capitals have none to mark."""
    found = _LEAD.match(line)
    lead = found[0] if found and found[0].upper() != found[0].lower() else ""
    if not lead or lead != lead.upper():
        return format_html("{}", line)
    return format_html("<strong>{}</strong>{}", lead, line[len(lead) :])
