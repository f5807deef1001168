import { describe, expect, it } from "vitest";
import { applyToAnswer, merge, splice, type Conversation } from "./state";

function talk(): Conversation {
  const answer = (slot: string): Conversation["turns"][0]["answers"][0] => ({ slot, state: "waiting", text: "", simulated: true, chosen: false, score: null });
  return {
    id: "c1", type: "free", type_title: "Free", phase: "answering", min_turns: 2, max_turns: 10, may_finish: false, may_say: false, draft: "",
    turns: [{ id: "t1", ordinal: 0, prompt: "Hello", sent_at: new Date().toISOString(), state: "answering", answers: [answer("A"), answer("B")], protocol: { kind: "vas" } }],
  };
}
const text = (at: number, more: string) => ({ type: "text", turn: "t1", slot: "A", at, text: more }) as const;

describe("what small events do to the state", () => {
  it("counts characters as the server does, also outside the basic plane", () => {
    expect(splice("a😀b", 3, "c")).toBe("a😀bc");
    expect(splice("a😀b", 2, "c")).toBe("a😀c");
    expect(splice("ab", 3, "c")).toBeNull();
  });

  it("joins text, starts again where it is told to, and names a gap", () => {
    const conversation = talk();
    applyToAnswer(conversation, text(0, "Good "));
    applyToAnswer(conversation, text(5, "day"));
    expect(conversation.turns[0]!.answers[0]!.text).toBe("Good day");
    applyToAnswer(conversation, { type: "replaced", turn: "t1", slot: "A" });
    expect(conversation.turns[0]!.answers[0]).toMatchObject({ state: "waiting", text: "", note: "replaced" });
    expect(applyToAnswer(conversation, text(4, "x"))).toBe("gap");
  });

  it("lets nothing undo a finished answer", () => {
    const conversation = talk();
    applyToAnswer(conversation, { type: "answer", turn: "t1", slot: "A", state: "complete", text: "Done", simulated: true });
    expect(applyToAnswer(conversation, text(0, "late"))).toBeNull();
    const fresh = merge(conversation, talk());
    expect(fresh.turns[0]!.answers[0]).toMatchObject({ state: "complete", text: "Done" });
  });

  it("keeps an answer that is gone visible while the others come", () => {
    const fresh = talk();
    fresh.turns[0]!.answers.pop();
    expect(merge(talk(), fresh).turns[0]!.answers.map((a) => a.state)).toEqual(["waiting", "failed"]);
  });
});
