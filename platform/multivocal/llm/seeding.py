"""First rows: the simulator's personalities, or the models of the endpoint that the environment names."""

import json
import os
import re
import urllib.request
from decimal import Decimal
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit

from django.db import transaction

from multivocal.errors import Invalid, Unavailable
from multivocal.llm.models import LanguageModel
from multivocal.llm.simulator.judges import JUDGES
from multivocal.llm.simulator.personalities import PERSONALITIES
from multivocal.llm.validators import is_loopback

HEADER = (
    "You take part in a conversation. Keep every answer to about 50 words, and do not mention that limit."
)
PARAMETERS = {"temperature": 1.0, "max_tokens": 256}
SIMULATOR_URL = "http://127.0.0.1:8101/v1"
_NOT_FOR_CHAT = re.compile(
    r"embed|whisper|tts|dall-e|image|audio|realtime|moderation|transcribe|rerank|search", re.I
)
_MOST = 40


def seed_simulated(*, base_url: str) -> tuple[int, int]:
    """Make the rows of the simulated models; return how many are new and how many there were.

    A row that is there keeps what was changed in it; only its address follows the simulator.
    """
    made = 0
    every = PERSONALITIES | JUDGES
    with transaction.atomic():
        for who in every.values():
            _row, new = LanguageModel.objects.get_or_create(
                name=who.model_id,
                defaults={
                    "label": who.label, "family": "simulated", "provider": "Multivocal", "provider_type": "open",
                    "base_url": base_url, "model_id": who.model_id, "parameters": PARAMETERS, "header": HEADER,
                    "price_in": Decimal(str(who.price_in)), "price_out": Decimal(str(who.price_out)),
                    "simulated": True,
                    # Judges take no part in talks.
                    "weight": 0.0 if who.model_id in JUDGES else 1.0,
                },
            )  # fmt: skip
            made += new
        LanguageModel.objects.filter(simulated=True, name__in=every).update(base_url=base_url)
    return made, len(every) - made


def seed_endpoint(*, base_url: str, model_ids: list[str], key_variable: str) -> tuple[int, int]:
    """Make rows for the models of one endpoint; return how many are new and how many there were.

    Simulated models step back: without their simulator they could only fail.
    """
    made = 0
    with transaction.atomic():
        for model_id in model_ids:
            name = re.sub(r"[^a-z0-9]+", "-", model_id.lower()).strip("-")[:60] or "model"
            fields = {
                "label": model_id, "base_url": base_url, "model_id": model_id, "parameters": PARAMETERS,
                "header": HEADER, "key_variable": key_variable,
            }  # fmt: skip
            if not LanguageModel.objects.filter(base_url=base_url, model_id=model_id).exists():
                taken = LanguageModel.objects.filter(name=name).exists()
                model = LanguageModel(name=f"{name[:56]}-{made + 1}" if taken else name, **fields)
                model.full_clean()
                model.save(force_insert=True)
                made += 1
        if not os.environ.get("SIMULATOR_URL"):
            LanguageModel.objects.filter(simulated=True).update(active=False)
    return made, len(model_ids) - made


def models_of_environment() -> tuple[str, list[str], str]:
    """Return the address, the models and the key's variable that the environment names; Refused where they fail."""
    base_url = os.environ["OPENAI_BASE_URL"].rstrip("/")
    named = [name.strip() for name in os.environ.get("OPENAI_MODELS", "").split(",") if name.strip()]
    host = urlsplit(base_url).hostname or ""
    needs_key = bool(os.environ.get("OPENAI_API_KEY")) or not is_loopback(host)
    return base_url, named or _listed(base_url), "OPENAI_API_KEY" if needs_key else ""


def _listed(base_url: str) -> list[str]:
    if not base_url.startswith(("http://", "https://")):
        raise Invalid("OPENAI_BASE_URL is not an http or https address.")
    key = os.environ.get("OPENAI_API_KEY", "").strip()
    request = urllib.request.Request(f"{base_url}/models")
    if key:
        request.add_unredirected_header("Authorization", f"Bearer {key}")
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            ids = sorted(str(row["id"]) for row in json.load(answer)["data"])
    except HTTPError as problem:
        with problem:
            raise Unavailable(
                f"{base_url}/models said {problem.code}. Name the models in OPENAI_MODELS."
            ) from None
    except (URLError, OSError, ValueError, KeyError, TypeError) as problem:
        raise Unavailable(
            f"{base_url}/models did not list models ({problem}). Name them in OPENAI_MODELS."
        ) from None
    return [each for each in ids if not _NOT_FOR_CHAT.search(each)][:_MOST]
