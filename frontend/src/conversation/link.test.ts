import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Link } from "./link";

/** A line that opens (or never does) and says what the test tells it to: nothing, at first. */
class Line {
  static all: Line[] = [];
  static opens = true;
  static OPEN = 1;
  readyState = 0;
  sent: string[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((m: { data: string }) => void) | null = null;
  onclose: ((e: { code: number }) => void) | null = null;
  constructor() {
    Line.all.push(this);
    if (Line.opens) queueMicrotask(() => ((this.readyState = 1), this.onopen?.()));
  }
  send(text: string): void {
    this.sent.push(text);
  }
  say(event: object): void {
    this.onmessage?.({ data: JSON.stringify(event) });
  }
  close(): void {
    this.readyState = 3;
  }
}

const STATE = { type: "state", state: { stage: "talk", language: "en", conversation: null } };
const line = (): Line => Line.all.at(-1)!;
const pass = (seconds: number): Promise<unknown> => vi.advanceTimersByTimeAsync(seconds * 1000);

describe("the line to the server", () => {
  const asked = vi.fn();
  const on = { event: vi.fn(), ready: vi.fn(), lost: vi.fn(), gone: vi.fn(), waiting: () => true };
  let link: Link;
  beforeEach(() => {
    vi.useFakeTimers();
    vi.clearAllMocks();
    Line.all = [];
    Line.opens = true;
    vi.stubGlobal("WebSocket", Line);
    asked.mockImplementation(() => Promise.resolve(new Response(JSON.stringify(STATE), { status: 200 })));
    vi.stubGlobal("fetch", asked);
    link = new Link("/ws/x/", "/live/x/", on);
  });
  afterEach(() => {
    link.stop();
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });

  it.each([true, false])("goes on without a socket that says nothing (it opens: %s)", async (opens) => {
    Line.opens = opens;
    link.start();
    await pass(40);
    expect(link.mode).toBe("plain");
    expect(Line.all).toHaveLength(2);
    expect(on.ready).toHaveBeenCalled();
    link.send({ do: "say", key: "k1" });
    await pass(1);
    expect(asked.mock.calls.some(([, options]) => (options as RequestInit).body?.toString().includes("k1"))).toBe(true);
  });

  it("goes on without a socket that falls silent after its first words, twice", async () => {
    link.start();
    for (let n = 0; n < 2; n += 1) {
      await pass(2);
      expect(link.mode).toBe("socket");
      const mine = line();
      mine.say(STATE);
      await pass(36);
      expect(mine.sent).toContain('{"do":"ping"}');
    }
    await pass(2);
    expect(link.mode).toBe("plain");
    expect(on.lost).toHaveBeenCalledTimes(1);
  });

  it("stays with a socket that answers when asked, however quiet", async () => {
    link.start();
    await pass(1);
    line().say(STATE);
    for (let n = 0; n < 10; n += 1) {
      await pass(26);
      line().say({ type: "pong" });
    }
    expect(link.mode).toBe("socket");
    expect(Line.all).toHaveLength(1);
  });

  it("tells at once that the browser is offline, and comes back with it", async () => {
    link.start();
    await pass(1);
    line().say(STATE);
    window.dispatchEvent(new Event("offline"));
    expect(on.lost).toHaveBeenCalledTimes(1);
    window.dispatchEvent(new Event("online"));
    await pass(0);
    line().say(STATE);
    expect(on.ready).toHaveBeenCalledTimes(2);
    expect(link.mode).toBe("socket");
  });

  it("asks soon whether the line lives when something was sent, and takes silence as lost", async () => {
    link.start();
    await pass(1);
    line().say(STATE);
    link.send({ do: "say", key: "k1" });
    await pass(4);
    expect(line().sent).toContain('{"do":"ping"}');
    expect(on.lost).not.toHaveBeenCalled();
    await pass(10);
    expect(on.lost).toHaveBeenCalledTimes(1);
  });
});
