import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Talk } from "../interview/state";
import { MvInterview } from "./mv-interview";

/** A server in the test: every socket that opens is one. */
class Server {
  static sockets: Server[] = [];
  static OPEN = 1;
  readyState = 1;
  heard: Record<string, unknown>[] = [];
  onmessage: ((m: { data: string }) => void) | null = null;
  onclose: ((e: { code: number }) => void) | null = null;
  constructor(readonly address: string) {
    Server.sockets.push(this);
  }
  send(text: string): void {
    this.heard.push(JSON.parse(text));
  }
  tell(event: unknown): void {
    this.onmessage?.({ data: JSON.stringify(event) });
  }
  close(): void {
    this.readyState = 3;
  }
}

const WORDS = { you: "You", interviewer: "Interviewer", help: "Help", turns: "{used} of {all}", writing: "writing", accept: "Yes", "hand.line": "Line {n}", "not_meant.begin": "Not that.", "write.empty": "Write something." };
const CARD = { version: 2, title: "Staying", description: "I stay.", policies: ["SIGNS a", "WORDS b", "HANDS c"], by_hand: false, hints: [], must: [] as string[], names: [] as string[] };
const first = { id: "m0", role: "interviewer" as const, text: "What matters?", at: "2026-01-01T10:00:00Z", simulated: false };
const mine = { id: "m1", role: "person" as const, text: "I sat down", at: "2026-01-01T10:01:00Z", simulated: false };

function talk(more: Partial<Talk> = {}): Talk {
  return { id: "i1", question: "Care", phase: "talking", waiting: "", stage_no: 1, turns_used: 0, turns_all: 5, messages: [first], may_say: true, may_propose: false, may_change: false, may_write: false, may_stop: true, accepted: false, draft: "", card: null, turns: [], ...more };
}
const carded = (more: object = {}): Talk => talk({ phase: "carded", stage_no: 5, may_say: false, may_change: true, may_write: true, card: { ...CARD, ...more } });
const state = (conversation: Talk | null): object => ({ stage: "interview", language: "en", conversation });
const server = (): Server => Server.sockets.at(-1)!;
const find = <E extends HTMLElement>(what: string): E => document.querySelector<E>(what)!;

function open(conversation: Talk): Server {
  document.body.innerHTML = `<p id="save-state" data-saved="Saved" data-saving="Saving" data-unsaved="Not saved"></p>
    <script type="application/json" class="texts">${JSON.stringify(WORDS)}</script>
    <mv-interview socket="/ws/live/s/interview/" twin="/live/s/interview/"><script type="application/json" id="interview-state">${JSON.stringify(state(conversation))}</script></mv-interview>`;
  server().tell({ type: "state", state: state(conversation) });
  return server();
}
function write(id: string, text: string): void {
  const field = find<HTMLTextAreaElement>(id);
  field.value = text;
  field.form!.dispatchEvent(new SubmitEvent("submit", { cancelable: true }));
}

describe("mv-interview", () => {
  let reload: ReturnType<typeof vi.spyOn>;
  beforeEach(() => {
    sessionStorage.clear();
    Server.sockets = [];
    Element.prototype.scrollIntoView = () => {};
    vi.stubGlobal("WebSocket", Server);
    reload = vi.spyOn(MvInterview.prototype, "reload").mockImplementation(() => {});
  });
  afterEach(() => {
    document.body.replaceChildren();
    vi.unstubAllGlobals();
  });

  it("has what was being written after a reload that was quicker than the draft, and not after it was sent", () => {
    open(talk());
    const field = find<HTMLTextAreaElement>("#interview-say");
    field.value = "Half a sen";
    field.dispatchEvent(new Event("input"));
    const again = open(talk({ draft: "Half" }));
    expect(find<HTMLTextAreaElement>("#interview-say").value).toBe("Half a sen");
    write("#interview-say", "Half a sentence");
    again.tell({ type: "state", state: state(talk({ turns_used: 1, messages: [first, mine] })), key: again.heard[0]!["key"] });
    open(talk());
    expect(find<HTMLTextAreaElement>("#interview-say").value).toBe("");
  });

  it("marks the words a simulation wrote, and not the study's own question", () => {
    open(talk({ messages: [first, mine, { ...first, id: "m2", simulated: true }] }));
    expect([...document.querySelectorAll(".said:not(.coming)")].map((said) => said.querySelector(".tag") !== null)).toEqual([false, false, true]);
  });

  it("keeps an answer until its key comes back, streams the next question and says it once", () => {
    const s = open(talk());
    write("#interview-say", "  ");
    expect(find("#interview-say-problem").textContent).toBe("Write something.");
    write("#interview-say", "I sat down");
    expect(s.heard[0]).toMatchObject({ do: "say", text: "I sat down" });
    expect(find("#save-state").textContent).toBe("Saving");
    const waiting = talk({ phase: "answering", waiting: "reply", may_say: false, turns_used: 1, messages: [first, mine], turns: [{ id: "i1", answers: [{ slot: "interviewer", state: "waiting", text: "" }] }] });
    s.tell({ type: "state", state: state(waiting), key: s.heard[0]!["key"] });
    expect(find(".coming").hidden).toBe(false);
    s.tell({ type: "text", turn: "i1", slot: "interviewer", at: 0, text: "Who was " });
    s.tell({ type: "text", turn: "i1", slot: "interviewer", at: 8, text: "there?" });
    expect(find(".coming .said-text").textContent).toBe("Who was there?");
    expect(find(".coming").closest("[role=status], [aria-live]")).toBeNull();
    const next = { id: "m2", role: "interviewer" as const, text: "Who was there?", at: "2026-01-01T10:02:00Z", simulated: false };
    for (let n = 0; n < 2; n++) s.tell({ type: "state", state: state(talk({ turns_used: 1, messages: [first, mine, next] })) });
    expect(find(".coming").hidden).toBe(true);
    expect(find(".hidden-text").textContent!.match(/Who was there\?/g)!.length).toBe(1);
    expect(document.activeElement?.id).toBe("interview-say");
    expect(document.querySelectorAll(".dot.used").length).toBe(1);
  });

  it("asks for the whole state where a piece of text is missing", () => {
    const s = open(talk({ phase: "answering", waiting: "reply", turns: [{ id: "i1", answers: [{ slot: "interviewer", state: "waiting", text: "" }] }] }));
    s.tell({ type: "text", turn: "i1", slot: "interviewer", at: 40, text: "later" });
    expect(server()).not.toBe(s);
  });

  it("leads to a new card, takes changes, and accepts the version that is shown", () => {
    const s = open(talk());
    s.tell({ type: "state", state: state(carded()) });
    expect(document.activeElement?.id).toBe("interview-card-title");
    expect(find(".values-lines").textContent).toContain("HANDS c");
    write("#interview-change", "More about hands");
    expect(s.heard[0]).toMatchObject({ do: "change", text: "More about hands" });
    s.tell({ type: "state", state: state(carded({ version: 3 })), key: s.heard[0]!["key"] });
    find(".accept").click();
    expect(s.heard[1]).toMatchObject({ do: "accept", version: 3, names_are_fine: false });
    s.tell({ type: "state", state: state(null), key: s.heard[1]!["key"] });
    expect(reload).toHaveBeenCalledTimes(1);
  });

  it("does not offer to accept what could tell who somebody is, and asks about names first", () => {
    const s = open(carded({ must: ["a@b.example"] }));
    expect(find(".accept")).toBeNull();
    s.tell({ type: "state", state: state(carded({ names: ["Karima"] })) });
    find(".accept").click();
    expect(s.heard.length).toBe(0);
    expect(document.activeElement?.id).toBe("names-are-fine");
    find<HTMLInputElement>("#names-are-fine").checked = true;
    find(".accept").click();
    expect(s.heard[0]).toMatchObject({ do: "accept", names_are_fine: true });
  });

  it("writes a card by hand and says at each field what is wrong", () => {
    const s = open(carded());
    const edit = [...document.querySelectorAll<HTMLButtonElement>(".interview-card > .button")].at(-1)!;
    edit.click();
    expect(find(".hand").hidden).toBe(false);
    find<HTMLInputElement>("#hand-title").value = "";
    find(".hand-remove").click();
    expect(document.querySelectorAll(".hand-line").length).toBe(2);
    find<HTMLFormElement>(".hand").dispatchEvent(new SubmitEvent("submit", { cancelable: true }));
    expect(s.heard[0]).toMatchObject({ do: "write", title: "", policies: ["WORDS b", "HANDS c"] });
    s.tell({ type: "refused", code: "card", message: "Look again.", fields: { title: "Write a title.", policies: "At least 3." }, key: s.heard[0]!["key"] });
    expect(find("#hand-title-problem").textContent).toBe("Write a title.");
    expect(find("#hand-policies-problem").textContent).toBe("At least 3.");
    expect(document.activeElement?.id).toBe("hand-title");
    expect(find<HTMLTextAreaElement>(".hand-line textarea").value).toBe("WORDS b");
  });

  it("keeps an unsaved change of the card when another window accepts it, and has a way on", () => {
    const s = open(carded());
    [...document.querySelectorAll<HTMLButtonElement>(".interview-card > .button")].at(-1)!.click();
    find<HTMLInputElement>("#hand-title").value = "Near her";
    find<HTMLInputElement>("#hand-title").dispatchEvent(new Event("input", { bubbles: true }));
    s.tell({ type: "state", state: state(null) });
    expect(reload).not.toHaveBeenCalled();
    expect([find<HTMLInputElement>("#hand-title").value, find(".chat-notice").textContent]).toEqual(["Near her", "hand.elsewherehand.go_onhand.leave"]);
    find<HTMLButtonElement>(".chat-notice .primary").click();
    expect(s.heard[0]).toMatchObject({ do: "reopen", interview: "i1" });
    s.tell({ type: "state", state: state(carded({ version: 3 })), key: s.heard[0]!["key"] });
    expect([find<HTMLInputElement>("#hand-title").value, find(".hand").hidden, find(".chat-notice").textContent]).toEqual(["Near her", false, ""]);
    find<HTMLFormElement>(".hand").dispatchEvent(new SubmitEvent("submit", { cancelable: true }));
    expect(s.heard[1]).toMatchObject({ do: "write", title: "Near her" });
    // Without anything unsaved the page goes on by itself.
    const other = open(carded());
    other.tell({ type: "state", state: state(null) });
    expect(reload).toHaveBeenCalledTimes(1);
  });

  it("has a half-changed card after a reload, and the card itself once the change was given up", () => {
    const edit = (): void => [...document.querySelectorAll<HTMLButtonElement>(".interview-card > .button")].at(-1)!.click();
    const title = (): HTMLInputElement => find<HTMLInputElement>("#hand-title");
    open(carded());
    edit();
    title().value = "Near";
    title().dispatchEvent(new Event("input", { bubbles: true }));
    open(carded());
    edit();
    expect(title().value).toBe("Near");
    [...document.querySelectorAll<HTMLButtonElement>(".hand .row button")].at(-1)!.click();
    edit();
    expect(title().value).toBe("Staying");
  });

  it("offers another try and writing by hand after a failure", () => {
    const s = open(talk({ phase: "failed", waiting: "reply", may_say: false, may_write: true, messages: [first, mine] }));
    const buttons = [...document.querySelectorAll<HTMLButtonElement>(".interview-foot button")];
    expect(buttons.map((button) => button.textContent)).toEqual(["retry", "by_hand", "stop"]);
    buttons[1]!.click();
    expect(find(".hand").hidden).toBe(false);
    expect(document.querySelectorAll(".hand-line").length).toBe(3);
    buttons[0]!.click();
    expect(s.heard[0]).toMatchObject({ do: "retry" });
  });
});
