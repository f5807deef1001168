import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Wire } from "./wire";

/** A line that opens and says what the test tells it to. */
class Line {
  static last: Line;
  static OPEN = 1;
  readyState = 1;
  sent: { do: string; key: string }[] = [];
  onmessage: ((m: { data: string }) => void) | null = null;
  onclose: ((e: { code: number }) => void) | null = null;
  constructor() {
    Line.last = this;
  }
  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }
  up(): void {
    this.onmessage?.({ data: '{"type": "state", "state": {}}' });
  }
  drop(code: number): void {
    this.onclose?.({ code });
  }
  close(): void {}
}

const TEXTS = { lost: "The connection is lost", back: "Connected again", elsewhere: "Another window", "elsewhere.here": "Go on here" };
const on = { event: vi.fn(), waiting: () => false, gone: vi.fn(), reload: vi.fn() };
const host = document.createElement("div");
const saved = (): string => document.querySelector<HTMLElement>("#save-state")!.dataset["state"]!;

describe("a talk's wire", () => {
  let wire: Wire;
  const open = (): Wire => {
    wire = new Wire(host, "c1", TEXTS, on);
    document.body.replaceChildren(Object.assign(document.createElement("p"), { id: "save-state" }), wire.notice);
    wire.start();
    return wire;
  };
  beforeEach(() => {
    vi.useFakeTimers();
    vi.clearAllMocks();
    vi.stubGlobal("WebSocket", Line);
    sessionStorage.clear();
    open();
    Line.last.up();
  });
  afterEach(() => {
    wire.stop();
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });

  it("says that an action is being saved until the server names its key", () => {
    expect(saved()).toBe("saved");
    wire.do({ do: "say", text: "Hello" });
    expect(saved()).toBe("saving");
    expect(wire.settle("another")).toBeUndefined();
    expect(saved()).toBe("saving");
    expect(wire.settle(Line.last.sent[0]!.key)).toMatchObject({ do: "say", text: "Hello" });
    expect(saved()).toBe("saved");
  });

  it("sends again what had no answer, with the same key, when the line is back or the page is loaded anew", () => {
    wire.do({ do: "say" });
    const { key } = Line.last.sent[0]!;
    window.dispatchEvent(new Event("offline"));
    window.dispatchEvent(new Event("online"));
    Line.last.up();
    expect(Line.last.sent.map((action) => action.key)).toEqual([key]);
    wire.stop();
    open();
    Line.last.up();
    expect(Line.last.sent.map((action) => action.key)).toEqual([key]);
  });

  it("says that the line is lost for as long as it is, whatever is done meanwhile", () => {
    window.dispatchEvent(new Event("offline"));
    expect([wire.notice.textContent, saved()]).toEqual(["The connection is lost", "unsaved"]);
    wire.do({ do: "say" });
    expect([wire.notice.textContent, saved()]).toEqual(["The connection is lost", "unsaved"]);
    window.dispatchEvent(new Event("online"));
    Line.last.up();
    expect([wire.notice.textContent, saved()]).toEqual(["Connected again", "saving"]);
  });

  it("tells a refusal, reads the state again, and forgets the refusal with the next action", () => {
    const before = Line.last;
    wire.refuse("That is over.");
    expect(wire.notice.textContent).toBe("That is over.");
    expect(Line.last).not.toBe(before);
    Line.last.up();
    wire.do({ do: "say" });
    expect(wire.notice.textContent).toBe("");
  });

  it("offers to go on here when the talk is open elsewhere", () => {
    Line.last.drop(4409);
    expect(on.gone).toHaveBeenCalledOnce();
    expect(wire.notice.textContent).toContain("Another window");
    wire.notice.querySelector("button")!.click();
    expect(on.reload).toHaveBeenCalledOnce();
  });
});
