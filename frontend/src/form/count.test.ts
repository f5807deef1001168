import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { countFields, near } from "./count";

const WORDS = { "count.left": "Characters left: {n}", "count.none": "No more fit.", "count.cut": "{n} were cut." };
const root = document.createElement("main");

function field(most: number): HTMLTextAreaElement {
  root.innerHTML = `<script type="application/json" class="texts">${JSON.stringify(WORDS)}</script><textarea maxlength="${most}"></textarea><textarea id="free"></textarea>`;
  return root.querySelector("textarea")!;
}
function type(into: HTMLTextAreaElement, length: number): void {
  into.value = "a".repeat(length);
  into.dispatchEvent(new Event("input", { bubbles: true }));
}
const seen = (): string => root.querySelector(".count")?.textContent ?? "";
const spoken = (): string => root.querySelector("[role=status]")?.textContent ?? "";

describe("countFields", () => {
  beforeEach(() => {
    vi.useFakeTimers();
    document.body.append(root);
  });
  afterEach(() => vi.useRealTimers());
  countFields(root);

  it("says nothing far from the limit, counts near it, and falls silent again", () => {
    const text = field(200);
    type(text, 100);
    expect(seen()).toBe("");
    type(text, 200 - near(200));
    expect(seen()).toBe("Characters left: 30");
    type(text, 200);
    expect(seen()).toBe("No more fit.");
    type(text, 3);
    expect(seen()).toBe("");
    expect(root.querySelectorAll(".count").length).toBe(1);
  });

  it("speaks after a pause and not at each key; what is seen is not read twice", () => {
    const text = field(80);
    for (let length = 66; length < 76; length++) type(text, length);
    expect([spoken(), root.querySelector(".count")!.getAttribute("aria-hidden")]).toEqual(["", "true"]);
    vi.advanceTimersByTime(2000);
    expect(spoken()).toBe("Characters left: 5");
  });

  it("tells how much of a paste was cut off", () => {
    const text = field(20);
    text.value = "a".repeat(10);
    const paste = new Event("paste", { bubbles: true }) as Event & { clipboardData?: unknown };
    paste.clipboardData = { getData: () => `${"b".repeat(11)}\r\n${"c".repeat(3)}` };
    text.dispatchEvent(paste);
    text.value = "a".repeat(20);
    text.dispatchEvent(new Event("input", { bubbles: true }));
    vi.advanceTimersByTime(1);
    expect(seen()).toBe("5 were cut.");
  });

  it("leaves fields without a limit alone", () => {
    field(20);
    type(root.querySelector("#free")!, 5000);
    expect(root.querySelector(".count")).toBeNull();
  });
});
