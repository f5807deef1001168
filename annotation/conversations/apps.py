"""The app of live conversations."""

from django.apps import AppConfig


class ConversationsConfig(AppConfig):
    """Conversations, turns and candidates."""

    name = "annotation.conversations"
