"""``manage.py llm seed|check|sweep``: rows of models, a question to each of them, calls left open."""

import os
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from multivocal.errors import Refused
from multivocal.llm import seeding
from multivocal.llm.models import LanguageModel


class Command(BaseCommand):
    """Language models from the command line."""

    help = (
        "seed: make the first rows of models; check: ask every active model; sweep: settle calls left open."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the deed as a word."""
        parser.add_argument("deed", choices=["seed", "check", "sweep"])

    def handle(self, *_args: Any, **options: Any) -> None:
        """Do it; exit 2 on bad input, 1 where a model does not answer."""
        try:
            {"seed": self.seed, "check": self.ask_all, "sweep": self.sweep}[options["deed"]]()
        except Refused as refused:
            self.stderr.write(refused.message)
            sys.exit(2)

    def seed(self) -> None:
        """Make the rows of the endpoint in the environment, else of the simulator; twice does no harm."""
        if os.environ.get("OPENAI_BASE_URL"):
            base_url, model_ids, key_variable = seeding.models_of_environment()
            made, known = seeding.seed_endpoint(
                base_url=base_url, model_ids=model_ids, key_variable=key_variable
            )
            self.stdout.write(
                f"{base_url}: {made} models added, {known} known. Give them prices in the admin."
            )
        else:
            base_url = os.environ.get("SIMULATOR_URL", seeding.SIMULATOR_URL)
            made, known = seeding.seed_simulated(base_url=base_url)
            self.stdout.write(f"{base_url}: {made} simulated models added, {known} known.")

    def ask_all(self) -> None:
        """Ask every active model one question."""
        from multivocal.llm.gateway import check_model

        failed = 0
        for model in LanguageModel.objects.filter(active=True):
            found = check_model(model)
            failed += not found["ok"]
            said = f"{found['total_ms']} ms, {found['cost']} USD" if found["ok"] else found["reason"]
            self.stdout.write(f"{'ok ' if found['ok'] else 'BAD'} {model.name}: {said}")
        if failed:
            sys.exit(1)

    def sweep(self) -> None:
        """Settle calls whose process died."""
        from multivocal.llm.ledger import settle_abandoned

        self.stdout.write(f"{settle_abandoned(timezone.now())} calls settled.")
