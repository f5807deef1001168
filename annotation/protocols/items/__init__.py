"""Items from outside: prompts with responses to judge, read from files, checked row by row, stored once."""
