import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import "./mv-copy";
import "./mv-menu";
import { MvRedirect } from "./mv-redirect";

describe("mv-menu", () => {
  beforeEach(() => {
    document.body.innerHTML = `<mv-menu><details open><summary>Menu</summary><div data-look="theme" hidden>
      <button type="button" data-value="">Device</button><button type="button" data-value="dark">Dark</button></div></details></mv-menu><p>Elsewhere</p>`;
  });
  afterEach(() => {
    delete document.documentElement.dataset["theme"];
    document.body.replaceChildren();
  });

  it("switches the look at once and remembers it in a cookie", () => {
    const [device, dark] = document.querySelectorAll("button");
    dark!.click();
    expect(document.documentElement.dataset["theme"]).toBe("dark");
    expect(document.cookie).toContain("mv_theme=dark");
    expect(dark!.getAttribute("aria-pressed")).toBe("true");
    device!.click();
    expect(document.documentElement.dataset["theme"]).toBeUndefined();
    expect(document.cookie).not.toContain("mv_theme");
  });

  it("closes on Escape and outside, not inside", () => {
    const details = document.querySelector("details")!;
    details.querySelector("button")!.click();
    expect(details.open).toBe(true);
    details.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
    expect(details.open).toBe(false);
    details.open = true;
    document.querySelector("p")!.click();
    expect(details.open).toBe(false);
  });
});

describe("mv-copy", () => {
  it("selects the code where the clipboard is refused", async () => {
    document.body.innerHTML = `<script type="application/json" class="texts">{"copy.failed":"Select it"}</script><mv-copy label="Copy"><code>C0DE</code></mv-copy>`;
    document.querySelector("button")!.click();
    await vi.waitFor(() => expect(document.querySelector("[role=status]")!.textContent).toBe("Select it"));
    expect(getSelection()!.toString()).toBe("C0DE");
  });
});

describe("mv-redirect", () => {
  const page = '<mv-redirect seconds="2"><a href="https://example.org/done">Back</a><p class="redirect-told"></p><button type="button" hidden>Stay</button></mv-redirect>';
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => {
    vi.useRealTimers();
    document.body.replaceChildren();
  });

  it("follows its link when the time is over", () => {
    const go = vi.spyOn(MvRedirect.prototype, "go").mockImplementation(() => {});
    document.body.innerHTML = page;
    vi.advanceTimersByTime(1900);
    expect(go).not.toHaveBeenCalled();
    vi.advanceTimersByTime(200);
    expect(go).toHaveBeenCalledWith("https://example.org/done");
  });

  it("stays when told to, or when taken out of the page", () => {
    const go = vi.spyOn(MvRedirect.prototype, "go").mockImplementation(() => {});
    document.body.innerHTML = page;
    document.querySelector("button")!.click();
    vi.advanceTimersByTime(9000);
    document.body.innerHTML = page;
    document.body.replaceChildren();
    vi.advanceTimersByTime(9000);
    expect(go).not.toHaveBeenCalled();
  });
});
