/** The conversation as the server tells it, and how small events change it. A model's name is never in here. */

export interface Answer {
  slot: string;
  state: "waiting" | "streaming" | "complete" | "failed";
  text: string;
  simulated: boolean;
  chosen: boolean;
  score: number | null;
  /** Set here, not by the server: a kind sentence about what happened to this answer. */
  note?: string;
}

export interface Protocol {
  /** vas, choice, ranking, or any other that comes as a fragment. */
  kind: string;
  instruction?: string;
  min?: number;
  max?: number;
  low?: string;
  high?: string;
  ties?: boolean;
  /** Ways not to judge. */
  allow?: string[];
}

export interface Turn {
  id: string;
  ordinal: number;
  prompt: string;
  sent_at: string;
  state: "answering" | "judging" | "tie" | "judged" | "failed";
  answers: Answer[];
  tied?: string[];
  protocol: Protocol;
  /** The protocol's own form, painted by the server, where this page does not paint it. */
  fragment?: string;
}

export interface Conversation {
  id: string;
  type: string;
  type_title: string;
  phase: "opening" | "answering" | "judging" | "tie" | "continuing" | "failed" | "finished";
  min_turns: number;
  max_turns: number;
  may_finish: boolean;
  may_say: boolean;
  draft: string;
  turns: Turn[];
}

export interface State {
  stage: string;
  language: string;
  conversation: Conversation | null;
}

export type Event =
  | { type: "state"; state: State; key?: string | null }
  | { type: "text"; turn: string; slot: string; at: number; text: string }
  | { type: "answer"; turn: string; slot: string; state: "complete"; text: string; simulated: boolean }
  | { type: "replaced"; turn: string; slot: string; message?: string }
  | { type: "failed"; turn: string; slot: string }
  | { type: "refused"; code: string; message: string; fields: Record<string, string>; key?: string | null }
  | { type: "pong" };

/** Return the first `at` characters of `text` (as Python counts them) and `more`; null where there is a gap. */
export function splice(text: string, at: number, more: string): string | null {
  const characters = [...text];
  return at > characters.length ? null : characters.slice(0, at).join("") + more;
}

/**
 * Take a whole state: an answer that is complete here stays complete, since a state may have been read before the
 * answer was stored; answers that are gone while others still come stay visible as failed.
 */
export function merge(old: Conversation | null, fresh: Conversation): Conversation {
  for (const turn of fresh.turns) {
    const known = old?.id === fresh.id ? old.turns.find((t) => t.id === turn.id) : undefined;
    if (!known || turn.state !== "answering") continue;
    turn.answers = turn.answers.map((answer) => {
      const before = known.answers.find((a) => a.slot === answer.slot);
      if (before?.state === "complete" && answer.state !== "complete") return before;
      return before?.note ? { ...answer, note: before.note } : answer;
    });
    const gone = known.answers.filter((a) => !turn.answers.some((b) => b.slot === a.slot));
    turn.answers.push(...gone.map((a): Answer => ({ ...a, state: "failed", text: "" })));
    turn.answers.sort((a, b) => a.slot.localeCompare(b.slot));
  }
  return fresh;
}

/** Apply an event about one answer; returns the answer, null where it is unknown, or "gap" where text is missing. */
export function applyToAnswer(
  conversation: Conversation,
  event: Extract<Event, { slot: string }>,
): Answer | "gap" | null {
  const turn = conversation.turns.find((t) => t.id === event.turn);
  const answer = turn?.answers.find((a) => a.slot === event.slot);
  if (!turn || !answer) return turn ? "gap" : null;
  if (event.type === "answer") {
    Object.assign(answer, { state: "complete", text: event.text, simulated: event.simulated });
    return answer;
  }
  if (answer.state === "complete") return null;
  if (event.type === "text") {
    const text = splice(answer.text, event.at, event.text);
    if (text === null) return "gap";
    Object.assign(answer, { state: "streaming", text });
  } else if (event.type === "replaced") {
    Object.assign(answer, { state: "waiting", text: "", note: event.message ?? "replaced" });
  } else {
    Object.assign(answer, { state: "failed", text: "", note: "gone" });
  }
  return answer;
}
