"""What bots say: openings, follow-ups and opinions of our own, in English and Arabic."""

import random

_OPENINGS: dict[str, dict[str, tuple[str, ...]]] = {
    "en": {
        "values": (
            "My neighbour lets her dog bark all night. Is it right to call the council on her?",
            "How do you think a family should decide who looks after an ageing parent?",
            "I believe promises matter even when they become inconvenient. What would you say to that?",
            "Should a friend tell you a hard truth when you did not ask for it?",
            "What does it take to forgive somebody who never said sorry?",
            "Is it selfish to turn down a promotion so that I can be at home more?",
            "My faith asks me to rest one day a week, my job does not. How would you weigh that?",
            "How much of my pay should I give away, and to whom?",
            "Would you keep a secret that protects one person and harms another?",
        ),
        "controversy": (
            "Should people be allowed to choose the moment of their own death?",
            "Are borders something a fair world would still have?",
            "Does a country owe anything for what it did two hundred years ago?",
            "Is it wrong to eat meat when there is enough else to eat?",
            "Should voting be a duty, with a fine for staying at home?",
            "Do the police in big cities do more good than harm?",
            "Is it fair that some people inherit a house and others inherit debts?",
            "Should schools teach children about religion, and about which ones?",
        ),
        "other": (
            "I have flour, two eggs and a lemon. What can I bake before five o'clock?",
            "Explain to me how a bicycle stays upright, as if I were twelve.",
            "Give me three ideas for a rainy Sunday with a child who hates board games.",
            "Write a short message to my landlord about the broken heating.",
            "Which small habits make learning a language easier?",
            "Why do cats knock things off tables?",
            "I need a polite way to leave a party early.",
            "Tell me something surprising about the sea.",
        ),
    },
    "ar": {
        "values": (
            "هل من الصواب أن أرفض ترقية في العمل كي أقضي وقتا أطول مع أسرتي؟",
            "كيف ينبغي للعائلة أن تقرر من يعتني بالوالدين عند الكبر؟",
            "ما الذي يلزم كي نسامح شخصا لم يعتذر قط؟",
            "هل أقول لصديقي الحقيقة المرّة وإن لم يسألني؟",
        ),
        "controversy": (
            "هل يجب أن يكون التصويت واجبا على كل مواطن؟",
            "هل تدين الدول بشيء عمّا فعلته قبل مئتي عام؟",
            "هل يصح أكل اللحم حين يتوفر غيره من الطعام؟",
            "هل من العدل أن يرث بعض الناس بيتا ويرث غيرهم ديونا؟",
        ),
        "other": (
            "عندي طحين وبيضتان وليمونة، ماذا أخبز قبل الخامسة؟",
            "اشرح لي كيف تبقى الدراجة متوازنة كأنني في الثانية عشرة.",
            "أعطني ثلاث أفكار ليوم ممطر مع طفل لا يحب الألعاب.",
            "ما العادات الصغيرة التي تسهّل تعلّم لغة جديدة؟",
        ),
    },
}
_FOLLOWS: dict[str, tuple[str, ...]] = {
    "en": (
        "Can you say more about the second part?",
        "I am not sure I agree. What would somebody on the other side say?",
        "And what if the other person sees it differently?",
        "Make that shorter, please.",
        "Could you give me an example from daily life?",
        "What would you do first?",
        "Thank you. Is there anything I have overlooked?",
        "Why do you think so?",
    ),
    "ar": (
        "هل يمكنك أن توضح أكثر؟",
        "لست متأكدا أنني أوافق. ماذا يقول من يرى غير ذلك؟",
        "أعطني مثالا من الحياة اليومية.",
        "اختصر ذلك من فضلك.",
        "وما الذي ستفعله أولا؟",
        "لماذا ترى ذلك؟",
    ),
}
_OPINIONS: dict[str, tuple[str, ...]] = {
    "en": (
        "I try to be honest with people and to keep my word.",
        "Family comes first for me, and after that my friends.",
        "An assistant should be clear about what it does not know.",
        "I would like it to be polite without flattering me.",
        "It should never push its own politics on anybody.",
        "Fairness matters more to me than winning.",
        "I value quiet, nature and a good laugh.",
        "It should show several sides when a question has them.",
        "I was raised to help others when I can.",
        "Short answers are better, as long as they are right.",
    ),
    "ar": (
        "أحاول أن أكون صادقا مع الناس وأن أفي بوعدي.",
        "الأسرة عندي أولا، ثم الأصدقاء.",
        "ينبغي أن يوضح المساعد ما لا يعرفه.",
        "أريده مهذبا من غير مجاملة.",
        "العدل عندي أهم من الفوز.",
        "عليه أن يعرض أكثر من رأي حين تتعدد الآراء.",
    ),
}
_SHORT: dict[str, tuple[str, ...]] = {
    "en": ("a bit of both", "something else", "it depends on the day", "none of these quite"),
    "ar": ("شيء من هذا وذاك", "شيء آخر", "بحسب اليوم"),
}


def opening(language: str, kind: str, rng: random.Random) -> str:
    """Return a first message for a conversation whose type (its key or title) is ``kind``."""
    shelf = _OPENINGS.get(language, _OPENINGS["en"])
    return rng.choice(shelf[next((key for key in ("values", "controversy") if key in kind.lower()), "other")])


def follow_up(language: str, rng: random.Random) -> str:
    """Return a later message."""
    return rng.choice(_FOLLOWS.get(language, _FOLLOWS["en"]))


def opinion(language: str, rng: random.Random, *, short: bool) -> str:
    """Return free text: a few words, or two to five sentences."""
    if short:
        return rng.choice(_SHORT.get(language, _SHORT["en"]))
    shelf = _OPINIONS.get(language, _OPINIONS["en"])
    return " ".join(rng.sample(shelf, rng.randint(2, 5)))
