"""Names that people can read and that name nobody: ``calm_heron`` in place of a pseudonym."""

import hashlib
from collections.abc import Iterable

_HOW_WORDS = (
    "able airy amber ample apt bold brave breezy bright brisk calm candid clear clever coral cosy crisp curious dapper "
    "daring deft dewy eager early earnest easy even fair fleet fond frank fresh gentle glad golden grand hardy hazel "
    "hearty honest humble ivory jolly keen kind lively loyal lucid mellow merry mild modest neat nimble noble olive "
    "patient placid plain plucky polite prompt proud quick quiet ready rosy ruddy sage sandy serene sharp silver smart "
    "snug sober solid spry steady still sturdy sunny supple swift tidy trusty upbeat vivid warm wise witty young zesty"
)
_WHO_WORDS = (
    "acacia alder anemone aspen aster avocet badger barley bayou beech birch bittern brook burdock canyon cedar clover "
    "comet condor coot cove crane cricket curlew cypress dahlia delta dipper dune egret elder elm falcon fern finch "
    "fjord fox gannet geyser ginkgo glacier grebe grove harbor hawthorn hazelnut heath heron hickory ibis iris island "
    "ivy jackdaw jasmine juniper kestrel kite lagoon lark laurel lichen linden lotus lupin lynx magpie maple marten "
    "meadow mesa moor moss myrtle newt oak ocelot oriole osprey otter pebble pine plover poplar prairie puffin quail "
    "raven reed river robin rowan sable saffron sedge sorrel spruce stork swan tern thistle tulip vale violet willow"
)
_HOW, _WHO = _HOW_WORDS.split(), _WHO_WORDS.split()


def readable_names(pseudonyms: Iterable[str]) -> dict[str, str]:
    """Return pseudonym → name, each name once; the same order of pseudonyms gives the same names.

    Two who would share a name are told apart by a number, in their order: give everybody in the order they came, so
    that names stay when more people come.
    """
    names: dict[str, str] = {}
    taken: dict[str, int] = {}
    for pseudonym in pseudonyms:
        if pseudonym in names:
            continue
        digest = hashlib.sha256(f"evaluator\x1f{pseudonym}".encode()).digest()
        number = int.from_bytes(digest[:8], "big")
        name = f"{_HOW[number % len(_HOW)]}_{_WHO[number // len(_HOW) % len(_WHO)]}"
        taken[name] = taken.get(name, 0) + 1
        names[pseudonym] = name if taken[name] == 1 else f"{name}_{taken[name]}"
    return names
