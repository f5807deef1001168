import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Conversation } from "../conversation/state";
import { MvConversation } from "./mv-conversation";

/** A server in the test: every socket that opens is one; `twin` answers its plain requests. */
class Server {
  static sockets: Server[] = [];
  static refuse = false;
  static OPEN = 1;
  readyState = 0;
  heard: Record<string, unknown>[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((m: { data: string }) => void) | null = null;
  onclose: ((e: { code: number }) => void) | null = null;
  constructor(readonly address: string) {
    Server.sockets.push(this);
    const refuse = Server.refuse;
    queueMicrotask(() => (refuse ? this.drop(1006) : ((this.readyState = 1), this.onopen?.())));
  }
  send(text: string): void {
    this.heard.push(JSON.parse(text));
  }
  tell(event: unknown): void {
    this.onmessage?.({ data: JSON.stringify(event) });
  }
  drop(code: number): void {
    this.readyState = 3;
    this.onclose?.({ code });
  }
  close(): void {
    this.readyState = 3;
  }
}

const WORDS = {
  "missing.vas.1": "One answer is not rated", you: "You", answer: "Answer {slot}", "send.vas": "Send ratings", rated: "{done} of {all} rated", "announce.answer": "Answer {slot}: {text}",
  lost: "The connection is lost", back: "Connected again", "write.empty": "Write something first.", elsewhere: "Another window", "tie.pick": "Go on with {slot}",
  replaced: "Here is another.", slow: "Slow", late: "Late", retry: "Try again", failed: "Failed", give_up: "End", others: "Other answers ({count})",
};

function talk(phase: Conversation["phase"], more: Partial<Conversation> = {}, turn: object = {}): Conversation {
  const answers = ["A", "B"].map((slot) => ({ slot, state: phase === "answering" ? "waiting" : "complete", text: phase === "answering" ? "" : `Words ${slot}`, simulated: slot === "A", chosen: false, score: null }));
  const turns = phase === "opening" ? [] : [{ id: "t1", ordinal: 0, prompt: "Hello", sent_at: new Date().toISOString(), state: phase === "continuing" ? "judged" : phase, answers, protocol: { kind: "vas", min: 1, max: 100, low: "Bad", high: "Good" }, ...turn }];
  return { id: "c1", type: "free", type_title: "Free", phase, min_turns: 2, max_turns: 10, may_finish: false, may_say: phase === "opening" || phase === "continuing", draft: "", turns: turns as Conversation["turns"], ...more };
}
const state = (conversation: Conversation | null): object => ({ stage: "talk", language: "en", conversation });
const server = (): Server => Server.sockets.at(-1)!;
const page = (): MvConversation => document.querySelector<MvConversation>("mv-conversation")!;
const find = <E extends HTMLElement>(what: string): E => document.querySelector<E>(what)!;
const settle = async (ms = 0): Promise<void> => void (await vi.advanceTimersByTimeAsync(ms));
const said = (): string => find(".hidden-text[role=status]").textContent!;

async function open(conversation: Conversation): Promise<Server> {
  document.body.innerHTML = `<p id="save-state" data-saved="Saved" data-saving="Saving" data-unsaved="Not saved"></p>
    <script type="application/json" class="texts">${JSON.stringify(WORDS)}</script>
    <mv-conversation socket="/ws/live/s/talk/" twin="/live/s/talk/"><script type="application/json" id="chat-state">${JSON.stringify(state(conversation))}</script></mv-conversation>`;
  await settle();
  server().tell({ type: "state", state: state(conversation) });
  return server();
}
async function write(text: string): Promise<void> {
  const field = find<HTMLTextAreaElement>("#write");
  field.value = text;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.form!.dispatchEvent(new SubmitEvent("submit", { cancelable: true }));
  await settle();
}
async function rate(slot: string, key: string): Promise<void> {
  find(`#answer-t1-${slot} input.vas`).dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  await settle();
}

describe("mv-conversation", () => {
  let reload: ReturnType<typeof vi.spyOn>;
  beforeEach(() => {
    vi.useFakeTimers();
    localStorage.clear();
    sessionStorage.clear();
    Server.sockets = [];
    Server.refuse = false;
    Element.prototype.scrollIntoView = () => {};
    vi.stubGlobal("WebSocket", Server);
    reload = vi.spyOn(MvConversation.prototype, "reload").mockImplementation(() => {});
  });
  afterEach(() => {
    document.body.replaceChildren();
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });

  it("streams answers, opens a rating when its answer is finished, and announces that answer once", async () => {
    const s = await open(talk("answering"));
    s.tell({ type: "text", turn: "t1", slot: "A", at: 0, text: "Good " });
    s.tell({ type: "text", turn: "t1", slot: "A", at: 5, text: "day" });
    expect(find("#answer-t1-A .answer-words").textContent).toBe("Good day");
    expect(find("#answer-t1-A mv-vas")).toBeNull();
    expect(find("#answer-t1-A").closest("[aria-live], [role=status], [role=log]")).toBeNull();
    const whole = { type: "answer", turn: "t1", slot: "A", state: "complete", text: "Good day.", simulated: true };
    s.tell(whole);
    s.tell({ type: "state", state: state(talk("answering")) });
    expect(find("#answer-t1-A mv-vas")).not.toBeNull();
    expect(find("#answer-t1-B mv-vas")).toBeNull();
    expect(find("#answer-t1-A .answer-words").textContent).toBe("Good day.");
    expect(said().match(/Answer A: Good day\./g)?.length).toBe(1);
    expect(find<HTMLElement>("#answer-t1-A .tag").hidden).toBe(false);
    expect(find<HTMLButtonElement>(".judge-foot button").disabled).toBe(true);
  });

  it("sends ratings only when all are given, and says what is missing", async () => {
    const s = await open(talk("judging"));
    await rate("A", "End");
    find(".judge-foot button").click();
    expect(s.heard.length).toBe(0);
    expect(document.activeElement?.closest("article")?.id).toBe("answer-t1-B");
    expect(find(".judge-foot .problem").textContent).toBe("One answer is not rated");
    await settle(1000);
    expect(said()).toBe("One answer is not rated");
    await rate("B", "Home");
    expect(find(".judge-foot .problem").hidden).toBe(true);
    expect(find(".judge-count").textContent).toBe("2 of 2 rated");
    find(".judge-foot button").click();
    expect(s.heard[0]).toMatchObject({ do: "judge", turn: "t1", payload: { scores: { A: 100, B: 1 } } });
    expect(s.heard[0]!["paradata"]).toMatchObject({ slots: { A: { first: 100, modality: "keyboard" } } });
    find(".judge-foot button").click();
    expect(s.heard.length).toBe(1);
    const answers = talk("judging").turns[0]!.answers.map((a) => ({ ...a, chosen: a.slot === "A" }));
    s.tell({ type: "state", state: state(talk("continuing", {}, { answers })), key: s.heard[0]!["key"] });
    expect(find(".said.them").textContent).toContain("Words A");
    expect(find<HTMLDetailsElement>(".others").open).toBe(false);
    expect(document.activeElement?.id).toBe("write-title");
  });

  it("keeps a message until its key comes back, and sends it again after a lost line", async () => {
    const s = await open(talk("opening"));
    await write("  ");
    expect(find("#write-problem").textContent).toBe("Write something first.");
    await write("Hello there");
    expect(s.heard[0]).toMatchObject({ do: "say", text: "Hello there" });
    s.drop(1006);
    expect(find(".chat-notice").textContent).toBe("The connection is lost");
    expect(find("#save-state").textContent).toBe("Not saved");
    expect(find<HTMLTextAreaElement>("#write").value).toBe("Hello there");
    await settle(2000);
    const again = server();
    expect(again).not.toBe(s);
    again.tell({ type: "state", state: state(talk("opening")) });
    expect(again.heard).toEqual(s.heard);
    expect(find<HTMLTextAreaElement>("#write").value).toBe("Hello there");
    again.tell({ type: "state", state: state(talk("answering")), key: s.heard[0]!["key"] });
    expect(find<HTMLTextAreaElement>("#write").value).toBe("");
    expect(sessionStorage.length).toBe(0);
    expect(find("#save-state").textContent).toMatch(/^Saved/);
  });

  it("gives a refused message back with the reason", async () => {
    const s = await open(talk("opening"));
    await write("Hello");
    s.tell({ type: "refused", code: "x", message: "Too long.", fields: {}, key: s.heard[0]!["key"] });
    expect(find("#save-state").dataset["state"]).toBe("saved");
    expect(find("#write-problem").textContent).toBe("Too long.");
    expect(find<HTMLTextAreaElement>("#write").value).toBe("Hello");
    expect(find<HTMLButtonElement>(".write-end button").disabled).toBe(false);
  });

  it("asks about a tie and sends the pick", async () => {
    const s = await open(talk("tie", {}, { tied: ["A", "B"] }));
    const picks = [...document.querySelectorAll<HTMLButtonElement>(".tie button")];
    expect(picks.map((b) => b.textContent)).toEqual(["Go on with A", "Go on with B"]);
    picks[1]!.click();
    expect(s.heard[0]).toMatchObject({ do: "break_tie", turn: "t1", slot: "B" });
  });

  it("asks for the whole state when text is missing", async () => {
    const s = await open(talk("answering"));
    s.tell({ type: "text", turn: "t1", slot: "A", at: 40, text: "later" });
    await settle();
    expect(server()).not.toBe(s);
  });

  it("says kindly that an answer was replaced, waits aloud, and offers a way on", async () => {
    const s = await open(talk("answering"));
    s.tell({ type: "replaced", turn: "t1", slot: "A" });
    expect(find("#answer-t1-A .answer-note").textContent).toBe("Here is another.");
    await settle(21_000);
    expect(find(".patience").textContent).toBe("Slow");
    await settle(40_000);
    expect(find(".patience").textContent).toContain("Late");
    server().tell({ type: "state", state: state(talk("failed", {}, { answers: [] })) });
    [...document.querySelectorAll<HTMLButtonElement>(".patience button")].at(-1)!.click();
    expect(server().heard.at(-1)).toMatchObject({ do: "give_up" });
  });

  it("loads the page again when the conversation is over, and stops when it is open elsewhere", async () => {
    const s = await open(talk("continuing", { may_finish: true }));
    s.tell({ type: "state", state: state(null) });
    expect(reload).toHaveBeenCalledTimes(1);
    document.body.replaceChildren();
    const t = await open(talk("opening"));
    t.drop(4409);
    await settle(60_000);
    expect(find(".chat-notice").textContent).toContain("Another window");
    expect(server()).toBe(t);
  });

  it("falls to the plain twin when sockets cannot open, and reads its stream", async () => {
    Server.refuse = true;
    const posts: Record<string, unknown>[] = [];
    vi.stubGlobal("fetch", async (_: string, init?: RequestInit) => {
      if (init?.method !== "POST") return new Response(JSON.stringify({ type: "state", state: state(talk("opening")) }));
      const action = JSON.parse(String(init.body)) as Record<string, unknown>;
      posts.push(action);
      const lines = [{ type: "state", state: state(talk("answering")), key: action["key"] }, { type: "text", turn: "t1", slot: "B", at: 0, text: "By line" }];
      return new Response(lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
    });
    document.body.innerHTML = `<script type="application/json" class="texts">${JSON.stringify(WORDS)}</script><mv-conversation socket="/ws/x/" twin="/live/x/"><script type="application/json" id="chat-state">${JSON.stringify(state(talk("opening")))}</script></mv-conversation>`;
    await settle(3000);
    expect(Server.sockets.length).toBe(2);
    await write("Hello");
    await settle(50);
    expect(posts.filter((p) => p["do"] === "say").length).toBe(1);
    expect(find("#answer-t1-B .answer-words").textContent).toBe("By line");
    expect(page().dataset["phase"]).toBe("answering");
  });

  it("keeps a draft here until the server has it", async () => {
    const s = await open(talk("opening"));
    const field = find<HTMLTextAreaElement>("#write");
    field.value = "Half a thought";
    field.dispatchEvent(new Event("input", { bubbles: true }));
    await settle(1100);
    expect(s.heard).toEqual([{ do: "draft", text: "Half a thought" }]);
    expect(localStorage.length).toBe(1);
    s.tell({ type: "state", state: state(talk("opening", { draft: "Half a thought" })), key: null });
    expect(localStorage.length).toBe(0);
    expect(field.value).toBe("Half a thought");
  });
});
