import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import "./mv-form";

const HEAD = `<input type="hidden" name="csrfmiddlewaretoken" value="tok"><input type="hidden" name="stage" value="about">
  <input type="hidden" name="step" value="1"><input type="hidden" name="key" value="k1"><input type="hidden" name="paradata" value="">`;
const BODY = `<fieldset class="field" id="field-x" data-keys><label><input type="radio" name="x" value="Yes">Yes</label><label><input type="radio" name="x" value="No">No</label></fieldset>
  <div class="field" id="field-why" data-show-if='{"item":"x","any":["Yes"]}'><textarea name="why"></textarea></div>
  <div class="field" data-show-if='{"item":"why","any":["because"]}'><input name="more"></div>
  <label><input type="checkbox" name="use" value="a"></label><label><input type="checkbox" name="use" value="b"></label>
  <button name="do" value="next">Continue</button>`;

function page(head = ""): HTMLFormElement {
  document.body.innerHTML = `<p id="save-state" data-saved="Saved" data-saving="Saving" data-unsaved="Not saved"></p>
    <mv-form data-draft-url="/draft/"><form id="stage">${head}${HEAD}${BODY}</form></mv-form>`;
  return document.querySelector("form")!;
}
const type = (name: string, value: string): void => {
  const field = document.querySelector<HTMLTextAreaElement>(`[name=${name}]`)!;
  field.value = value;
  field.dispatchEvent(new Event("input", { bubbles: true }));
};
const submit = (form: HTMLFormElement): SubmitEvent => {
  const event = new SubmitEvent("submit", { cancelable: true, bubbles: true });
  form.dispatchEvent(event);
  return event;
};
const state = (): string => document.getElementById("save-state")!.textContent!;
const line = (status: number): Response => new Response("{}", { status });

describe("mv-form", () => {
  let posts: { url: string; init: RequestInit }[];
  let answer: () => Promise<Response>;
  beforeEach(() => {
    vi.useFakeTimers();
    localStorage.clear();
    posts = [];
    answer = () => Promise.resolve(line(200));
    vi.stubGlobal("fetch", (url: string, init: RequestInit) => (posts.push({ url, init }), answer()));
  });
  afterEach(() => {
    document.body.replaceChildren();
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });
  const body = (n = posts.length - 1): unknown => JSON.parse(String(posts[n]!.init.body));

  it("sends a form once, with its button, and opens again when the page is shown again", () => {
    const form = page();
    const button = form.querySelector("button")!;
    expect(submit(form).defaultPrevented).toBe(false);
    expect(button.disabled).toBe(false);
    vi.runOnlyPendingTimers();
    expect(button.disabled).toBe(true);
    expect(submit(form).defaultPrevented).toBe(true);
    const shown = new Event("pageshow");
    Object.defineProperty(shown, "persisted", { value: true });
    window.dispatchEvent(shown);
    expect(button.disabled).toBe(false);
    expect(submit(form).defaultPrevented).toBe(false);
    expect(form.querySelector<HTMLInputElement>("[name=key]")!.value).toBe("k1");
  });

  it("saves a draft a moment after the last change and says so", async () => {
    const form = page();
    form.querySelector<HTMLInputElement>('[value="Yes"]')!.click();
    type("why", "bec");
    type("why", "because");
    form.querySelector<HTMLInputElement>('[name="use"]')!.click();
    expect(posts.length).toBe(0);
    await vi.advanceTimersByTimeAsync(1500);
    expect(posts.length).toBe(1);
    expect(posts[0]!.init.headers).toMatchObject({ "X-CSRFToken": "tok" });
    expect(body()).toEqual({ stage: "about", step: "1", values: { x: "Yes", why: "because", more: "", use: ["a"] } });
    expect(state()).toMatch(/^Saved .*\d/);
    expect(localStorage.length).toBe(0);
  });

  it("keeps trying with growing pauses, keeps a copy here, and recovers", async () => {
    page();
    answer = () => Promise.reject(new TypeError("offline"));
    type("why", "words");
    await vi.advanceTimersByTimeAsync(1500);
    expect(state()).toBe("Not saved");
    expect(localStorage.length).toBe(1);
    await vi.advanceTimersByTimeAsync(2600);
    expect(posts.length).toBe(2);
    await vi.advanceTimersByTimeAsync(2000);
    expect(posts.length).toBe(2);
    answer = () => Promise.resolve(line(200));
    window.dispatchEvent(new Event("online"));
    await vi.advanceTimersByTimeAsync(10);
    expect(state()).toMatch(/^Saved/);
    expect(localStorage.length).toBe(0);
  });

  it("does not insist where the server has moved on", async () => {
    page();
    answer = () => Promise.resolve(line(409));
    type("why", "words");
    await vi.advanceTimersByTimeAsync(100_000);
    expect(posts.length).toBe(1);
  });

  it("puts back what never reached the server, for the same step alone", () => {
    localStorage.setItem("mv:draft:/draft/", JSON.stringify({ stage: "about", step: "1", values: { x: "Yes", why: "kept" } }));
    const form = page();
    expect(form.querySelector("textarea")!.value).toBe("kept");
    expect(form.querySelector<HTMLElement>("#field-why")!.hidden).toBe(false);
    localStorage.setItem("mv:draft:/draft/", JSON.stringify({ stage: "about", step: "0", values: { why: "old" } }));
    expect(page().querySelector("textarea")!.value).toBe("");
    expect(localStorage.length).toBe(0);
  });

  it("shows conditional fields live, and sends nothing of hidden ones, however deep", () => {
    const form = page();
    const why = form.querySelector<HTMLElement>("#field-why")!;
    expect(why.hidden).toBe(true);
    form.querySelector<HTMLInputElement>('[value="Yes"]')!.click();
    type("why", "because");
    type("more", "and more");
    expect(new FormData(form).get("more")).toBe("and more");
    form.querySelector<HTMLInputElement>('[value="No"]')!.click();
    expect(new FormData(form).get("why")).toBeNull();
    expect(new FormData(form).get("more")).toBeNull();
    form.querySelector<HTMLInputElement>('[value="Yes"]')!.click();
    expect(new FormData(form).get("more")).toBe("and more");
  });

  it("records times, changes and absence", () => {
    const form = page();
    form.querySelector<HTMLInputElement>('[value="Yes"]')!.click();
    vi.advanceTimersByTime(500);
    type("why", "w");
    submit(form);
    const record = JSON.parse(form.querySelector<HTMLInputElement>("[name=paradata]")!.value);
    expect(record.items.why.changes).toBe(1);
    expect(record).toMatchObject({ away_ms: 0, pasted_chars: 0 });
    expect(record.page_ms).toBeGreaterThanOrEqual(500);
  });

  it("focuses the error summary and leads to the field", () => {
    const form = page('<div id="errors" tabindex="-1"><a href="#field-x">Say yes or no.</a></div>');
    Element.prototype.scrollIntoView = () => {};
    expect(document.activeElement?.id).toBe("errors");
    form.querySelector<HTMLElement>("#errors a")!.click();
    expect((document.activeElement as HTMLInputElement).value).toBe("Yes");
  });

  it("chooses with the number keys, but not while typing", () => {
    const form = page();
    const press = (target: Element): boolean => target.dispatchEvent(new KeyboardEvent("keydown", { key: "2", bubbles: true, cancelable: true }));
    press(form.querySelector("textarea")!);
    expect(new FormData(form).get("x")).toBeNull();
    press(document.body);
    expect(new FormData(form).get("x")).toBe("No");
  });

  /** The words of a send that waits. */
  const WORDS = `<script type="application/json" class="texts">{"form.offline":"No connection","form.moment":"One moment, {n} s"}</script>`;
  const counted = (form: HTMLFormElement): (() => number) => {
    let count = 0;
    form.addEventListener("submit", (event) => (event.defaultPrevented || (count += 1), event.preventDefault()));
    return () => count;
  };

  it("stays on the page without a connection, says so, and sends once by itself", async () => {
    const form = page(WORDS);
    const sent = counted(form);
    vi.spyOn(navigator, "onLine", "get").mockReturnValue(false);
    answer = () => Promise.reject(new TypeError("gone"));
    form.querySelector<HTMLInputElement>('[value="Yes"]')!.click();
    form.requestSubmit(form.querySelector("button"));
    await vi.advanceTimersByTimeAsync(9000);
    expect(sent()).toBe(0);
    expect(state()).toBe("No connection");
    expect(document.querySelector("button")!.disabled).toBe(false);
    expect(localStorage.length).toBe(1);
    vi.mocked(Object.getOwnPropertyDescriptor(navigator, "onLine")!.get!).mockReturnValue(true);
    answer = () => Promise.resolve(line(200));
    window.dispatchEvent(new Event("online"));
    await vi.advanceTimersByTimeAsync(10);
    expect(sent()).toBe(1);
    await vi.advanceTimersByTimeAsync(9000);
    expect(sent()).toBe(1);
    vi.restoreAllMocks();
  });

  it("asks before it leaves the page when drafts did not get through either", async () => {
    const form = page(WORDS);
    const sent = counted(form);
    answer = () => Promise.reject(new TypeError("gone"));
    type("why", "because");
    await vi.advanceTimersByTimeAsync(1300);
    form.requestSubmit();
    await vi.advanceTimersByTimeAsync(100);
    expect([sent(), state()]).toEqual([0, "No connection"]);
    answer = () => Promise.resolve(line(200));
    await vi.advanceTimersByTimeAsync(5000);
    expect(sent()).toBe(1);
  });

  it("waits for the rest of a look that was too short", async () => {
    const form = page(WORDS);
    const sent = counted(form);
    form.dataset["dwell"] = String(Math.round(performance.now()) + 2500);
    form.requestSubmit();
    expect([sent(), document.querySelector("#save-state [aria-hidden]")!.textContent]).toEqual([0, "One moment, 3 s"]);
    await vi.advanceTimersByTimeAsync(1100);
    expect([sent(), document.querySelector("#save-state [aria-hidden]")!.textContent]).toEqual([0, "One moment, 2 s"]);
    await vi.advanceTimersByTimeAsync(2000);
    expect(sent()).toBe(1);
    expect(state()).toBe("");
  });
});
