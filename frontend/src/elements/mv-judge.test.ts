import { afterEach, describe, expect, it } from "vitest";
import "./mv-form";
import { MvJudge } from "./mv-judge";

const TEXTS = `<script type="application/json" class="texts">{"judge.count":"{done} of {all} done","judge.missing":"{done} of {all}, this one","judge.missing.choice":"Please choose","spans.list":"Marked"}</script>`;
const radios = (name: string, values: string[]): string =>
  `<fieldset class="field">${values.map((value) => `<label><input type="radio" name="answer.${name}" value="${value}"> ${value}</label>`).join("")}</fieldset>`;
const none = `<fieldset class="no-answer"><label><input type="checkbox" name="answer.no_answer" value="unsure"></label><label><input type="checkbox" name="answer.no_answer" value="skip"></label></fieldset>`;

/** A page with a judgement, ready to be used. */
async function judging(asks: string, actions = "", inside = ""): Promise<{ form: HTMLFormElement; judge: MvJudge; sent: () => number }> {
  document.body.innerHTML = `${TEXTS}<main><mv-form><form id="stage">${inside}<mv-judge>
    <div class="answers"><article class="answer" data-slot="A"></article><article class="answer" data-slot="B"></article></div>${asks}</mv-judge></form></mv-form></main>
    <footer class="foot"><div class="actions">${actions}<button class="primary" form="stage" type="submit">Send</button></div></footer>`;
  await Promise.resolve();
  const form = document.querySelector("form")!;
  let count = 0;
  form.addEventListener("submit", (event) => {
    if (!event.defaultPrevented) count += 1;
    event.preventDefault();
  });
  return { form, judge: document.querySelector<MvJudge>("mv-judge")!, sent: () => count };
}

const press = (key: string, more: KeyboardEventInit = {}): boolean =>
  (document.activeElement ?? document.body).dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...more }));
const given = (form: HTMLFormElement): Record<string, unknown> => Object.fromEntries([...new FormData(form)].filter(([name]) => name.startsWith("answer.")));

describe("mv-judge", () => {
  afterEach(() => document.body.replaceChildren());

  it("chooses by digit, goes on to the next question, and sends once", async () => {
    const { form, judge, sent } = await judging(radios("best", ["A", "B"]) + radios("sure", ["1", "2", "3"]));
    press("2");
    press("3");
    expect(given(form)).toEqual({ "answer.best": "B", "answer.sure": "3" });
    expect(judge.missing).toBeNull();
    press("Enter");
    press("Enter", { repeat: true });
    press("Enter");
    expect(sent()).toBe(1);
  });

  it("says once what is missing, and then leaves it to the server", async () => {
    const { judge, sent } = await judging(radios("best", ["A", "B"]));
    press("Enter");
    expect(sent()).toBe(0);
    expect(judge.querySelector("[data-missing]")).not.toBeNull();
    expect(judge.querySelector("[data-missing] > .problem")!.textContent).toBe("Please choose");
    await new Promise((resolve) => setTimeout(resolve));
    expect(judge.querySelector("[role=status]")!.textContent).toBe("Please choose");
    press("Enter");
    expect(sent()).toBe(1);
  });

  it("takes the sentence back with the first choice", async () => {
    const { judge } = await judging(radios("best", ["A", "B"]) + radios("sure", ["1", "2"]));
    press("1");
    press("Enter");
    expect(judge.querySelectorAll("fieldset")[1]!.querySelector(".problem")!.textContent).toBe("Please choose");
    press("2");
    expect(judge.querySelector(".problem")).toBeNull();
  });

  it("takes the last choice back, and only then the page before", async () => {
    const { form } = await judging(radios("best", ["A", "B"]), `<a href="#before" data-back>Back</a>`);
    let gone = 0;
    document.querySelector("[data-back]")!.addEventListener("click", () => (gone += 1));
    press("1");
    press("z");
    expect(given(form)).toEqual({});
    expect(gone).toBe(0);
    press("z");
    expect(gone).toBe(1);
  });

  it("declines with 0 or s, and a choice takes that back", async () => {
    const { form } = await judging(radios("best", ["A", "B"]) + none);
    press("s");
    expect(given(form)).toEqual({ "answer.no_answer": "skip" });
    press("0");
    expect(given(form)).toEqual({ "answer.no_answer": "unsure" });
    (document.activeElement as HTMLElement).blur();
    press("1");
    expect(given(form)).toEqual({ "answer.best": "A" });
  });

  it("takes no key from somebody who writes", async () => {
    const { form, sent } = await judging(`${radios("best", ["A", "B"])}<div class="ask"><textarea name="answer.why" required minlength="3"></textarea></div>`);
    press("1");
    expect(document.activeElement?.matches("textarea")).toBe(true);
    expect(press("2")).toBe(true);
    expect(press("z")).toBe(true);
    expect(press("Enter")).toBe(true);
    expect(given(form)["answer.best"]).toBe("A");
    document.querySelector("textarea")!.value = "Because";
    press("Enter", { ctrlKey: true });
    expect(sent()).toBe(1);
  });

  it("tells the form what it noticed, beside what the form noticed itself", async () => {
    const { form } = await judging(radios("best", ["A", "B"]), "", `<input type="hidden" name="paradata" value="">`);
    press("1");
    press("2");
    press("Enter");
    const record = JSON.parse(form.querySelector<HTMLInputElement>("[name=paradata]")!.value) as Record<string, unknown>;
    expect(record).toMatchObject({ changes: 2, slots: {}, pasted_chars: 0 });
  });
});
