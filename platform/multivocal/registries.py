"""The registries of settings: key → dotted path, imported at first use, so that imports keep their direction."""

STAGE_KINDS = {
    "consent": "multivocal.studies.kinds.consent.ConsentKind",
    "screening": "annotation.profiles.screening.ScreeningKind",
    "survey": "annotation.profiles.stage.SurveyKind",
    "conversation": "annotation.conversations.stage.ConversationKind",
    "comparison": "annotation.protocols.comparison.stage.ComparisonKind",
    "interview": "elicitation.interviews.stage.InterviewKind",
    "wisdom": "elicitation.moral_graph.stage.WisdomKind",
    "debrief": "multivocal.studies.kinds.debrief.DebriefKind",
}
FEEDBACK_PROTOCOLS = {
    "likert": "annotation.protocols.kinds.likert.PROTOCOL",
    "vas": "annotation.protocols.kinds.vas.PROTOCOL",
    "pairwise2": "annotation.protocols.kinds.pairwise2.PROTOCOL",
    "pairwise3": "annotation.protocols.kinds.pairwise3.PROTOCOL",
    "pairwise5": "annotation.protocols.kinds.pairwise5.PROTOCOL",
    "pairwise7": "annotation.protocols.kinds.pairwise7.PROTOCOL",
    "choice": "annotation.protocols.kinds.choice.PROTOCOL",
    "ranking": "annotation.protocols.kinds.ranking.PROTOCOL",
    "best_worst": "annotation.protocols.kinds.best_worst.PROTOCOL",
    "dimensions": "annotation.protocols.kinds.dimensions.PROTOCOL",
    "mushra": "annotation.protocols.kinds.mushra.PROTOCOL",
    "justified": "annotation.protocols.kinds.justified.PROTOCOL",
    "spans": "annotation.protocols.kinds.spans.PROTOCOL",
    "checklist": "annotation.protocols.kinds.checklist.PROTOCOL",
    "rate_then_rank": "annotation.protocols.kinds.rate_then_rank.PROTOCOL",
}
DATASETS = {
    "participants": "multivocal.studies.datasets.PARTICIPANTS",
    "consents": "multivocal.participants.datasets.CONSENTS",
    "profiles": "annotation.profiles.datasets.PROFILES",
    "conversations": "annotation.conversations.datasets.CONVERSATIONS",
    "turns": "annotation.conversations.datasets.TURNS",
    "utterances": "annotation.conversations.datasets.UTTERANCES",
    "judgements": "annotation.protocols.datasets.JUDGEMENTS",
    "exposures": "annotation.protocols.datasets.EXPOSURES",
    "items": "annotation.protocols.datasets.ITEMS",
    "ratings": "annotation.protocols.interchange.RATINGS",
    "pairwise": "annotation.protocols.interchange.PAIRWISE",
    "rankings": "annotation.protocols.interchange.RANKINGS",
    "interviews": "elicitation.interviews.datasets.INTERVIEWS",
    "cards": "elicitation.interviews.datasets.CARDS",
    "card_versions": "elicitation.interviews.datasets.VERSIONS",
    "calls": "multivocal.llm.datasets.CALLS",
    "routes": "annotation.routing.datasets.ROUTES",
    "labels": "annotation.routing.datasets.LABELS",
    "ai_calls": "annotation.routing.asked_datasets.AI_CALLS",
    "audits": "annotation.routing.asked_datasets.AUDITS",
    "values": "elicitation.moral_graph.datasets.VALUES",
    "merges": "elicitation.moral_graph.datasets.MERGES",
    "confirmations": "elicitation.moral_graph.datasets.CONFIRMATIONS",
    "fairness": "elicitation.moral_graph.standing_datasets.FAIRNESS",
    "picks": "elicitation.moral_graph.standing_datasets.PICKS",
    "upgrades": "elicitation.moral_graph.datasets.UPGRADES",
    "wisdom_votes": "elicitation.moral_graph.vote_datasets.VOTES",
    "curation": "elicitation.moral_graph.curation_datasets.CURATION",
    "suggestions": "elicitation.moral_graph.curation_datasets.SUGGESTIONS",
    "snapshots": "elicitation.moral_graph.datasets.SNAPSHOTS",
}
REPORTS: dict[str, str] = {
    "comparison": "annotation.protocols.experiments.report.COMPARISON",
    "annotators": "annotation.protocols.annotators.report.REPORT",
    "routing": "annotation.routing.report.REPORT",
    "moral_graph": "elicitation.moral_graph.report.report.REPORT",
    "moral_graph_criteria": "elicitation.moral_graph.report.criteria.report.REPORT",
}
# Further pages of a study for staff: name → ``multivocal.studies.staff.extras.StaffPage``.
STAFF_PAGES: dict[str, str] = {
    "items": "annotation.protocols.items.page.PAGE",
    "power": "annotation.protocols.experiments.power_page.PAGE",
    "models": "annotation.protocols.annotators.page.PAGE",
    "routing": "annotation.routing.page.PAGE",
    "graph": "elicitation.moral_graph.pages.graph.PAGE",
    "set-up": "elicitation.moral_graph.pages.suggestions.PAGE",
    "values": "elicitation.moral_graph.pages.curation.PAGE",
    "stories": "elicitation.moral_graph.pages.curation_stories.PAGE",
}
# Further limits on what may be spent at models, and on which items people are shown: dotted functions.
SPENDING_LIMITS = ["annotation.routing.spending.may_spend"]
ITEM_POOLS = ["annotation.routing.people.pool"]
SCREEN_HINTS = ["annotation.routing.hints.hint"]
# Functions that delete what a person wrote, called with ``enrolment=<uuid>`` when they withdraw and ask for it.
ERASERS = [
    "annotation.routing.erasure.erase_tags",
    "annotation.routing.erasure.erase_labels",  # before the judgements it looks at are deleted
    "annotation.protocols.annotators.erasure.erase_asked",
    "elicitation.moral_graph.erasure.erase_votes",  # before the cards it looks at are deleted
    "annotation.conversations.erasure.erase_conversations",
    "annotation.profiles.erasure.erase_answers",
    "elicitation.interviews.erasure.erase_interviews",
    "multivocal.llm.erasure.erase_words",
    "multivocal.studies.stored_reports.computing.forget_reports",
    "multivocal.studies.withdrawal.erase_studies",
]
RELEASE_PROFILES = {
    "native": "multivocal.exports.native.write_native",
    "prism": "annotation.conversations.prism.write_prism",
    "moral-graph": "elicitation.moral_graph.release.write_moral_graph",
    "multipref": "annotation.routing.multipref.write_multipref",
}
