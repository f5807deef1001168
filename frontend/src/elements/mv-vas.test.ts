import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { MvVas } from "./mv-vas";

const NA = '<label><input type="checkbox" class="vas-na" name="q__na" value="1"> Not applicable</label>';

function scale(value = "", extra = ""): { form: HTMLFormElement; vas: MvVas; range: HTMLInputElement } {
  document.body.innerHTML = `<script type="application/json" class="texts">{"vas.unrated":"Not rated yet","vas.tap":"Tap the line","vas.at4":"in the middle","vas.na":"Not applicable"}</script>
    <form><mv-vas low="Terrible" high="Perfect"><input type="number" class="vas" name="q" min="1" max="100" step="1" value="${value}">${extra}</mv-vas></form>`;
  const form = document.querySelector("form")!;
  return { form, vas: document.querySelector<MvVas>("mv-vas")!, range: document.querySelector<HTMLInputElement>("input.vas")! };
}
const press = (range: HTMLInputElement, key: string): boolean =>
  range.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
const sent = (form: HTMLFormElement): Record<string, unknown> => Object.fromEntries(new FormData(form));

describe("mv-vas", () => {
  beforeEach(() => document.documentElement.removeAttribute("dir"));
  afterEach(() => document.body.replaceChildren());

  it("sends nothing and names no value until touched", () => {
    const { form, vas, range } = scale();
    expect(range.type).toBe("range");
    expect(vas.hasAttribute("answered")).toBe(false);
    expect(range.getAttribute("aria-valuetext")).toBe("Not rated yet");
    expect(sent(form)).toEqual({});
  });

  it("says where to touch until it is touched", () => {
    const { vas, range } = scale();
    expect(vas.querySelector(".vas-line > .vas-tap[aria-hidden]")!.textContent).toBe("Tap the line");
    expect(vas.matches(":not([answered], [touched])")).toBe(true);
    press(range, "End");
    press(range, "Delete");
    expect(vas.hasAttribute("touched")).toBe(true);
  });

  it("moves by one, ten and to the ends with the keyboard", () => {
    const { form, vas, range } = scale("40");
    press(range, "ArrowRight");
    expect(vas.value).toBe(41);
    press(range, "PageUp");
    expect(vas.value).toBe(51);
    press(range, "PageDown");
    press(range, "ArrowLeft");
    expect(vas.value).toBe(40);
    press(range, "End");
    expect(range.getAttribute("aria-valuetext")).toBe("Perfect");
    press(range, "ArrowUp");
    expect(vas.value).toBe(100);
    press(range, "Home");
    expect(sent(form)["q"]).toBe("1");
    expect(range.getAttribute("aria-valuetext")).toBe("Terrible");
  });

  it("mirrors the side arrows where writing runs from right to left", () => {
    const { vas, range } = scale("40");
    vas.style.direction = "rtl";
    press(range, "ArrowLeft");
    expect(vas.value).toBe(41);
  });

  it("takes a click on the exact middle as a rating", () => {
    const { form, vas, range } = scale();
    range.click();
    expect(vas.value).toBe(51);
    expect(range.getAttribute("aria-valuetext")).toBe("in the middle");
    expect(sent(form)["q"]).toBe("51");
  });

  it("records first value, changes and the way it was given", () => {
    const { form, vas, range } = scale();
    range.value = "70";
    range.dispatchEvent(new Event("input"));
    vas.querySelectorAll<HTMLButtonElement>(".vas-step")[1]!.click();
    expect(vas.value).toBe(71);
    expect(JSON.parse(String(sent(form)["q__paradata"]))).toMatchObject({ first: 70, changes: 2, modality: "button" });
  });

  it("clears: the rating is taken back and nothing is sent but the record of it", () => {
    const { form, vas } = scale("70");
    vas.querySelector<HTMLButtonElement>(".vas-clear")!.click();
    expect(vas.value).toBeNull();
    expect(Object.keys(sent(form))).toEqual(["q__paradata"]);
    expect(vas.hasAttribute("answered")).toBe(false);
  });

  it("has three states: un-ticking not applicable brings the rating back", () => {
    const { form, vas, range } = scale("70", NA);
    const na = vas.querySelector<HTMLInputElement>(".vas-na")!;
    na.click();
    expect(vas.value).toBeNull();
    expect(range.disabled).toBe(true);
    expect(sent(form)).toEqual({ q__na: "1" });
    na.click();
    expect(vas.value).toBe(70);
    expect(sent(form)).toEqual({ q: "70" });
  });

  it("shows a frozen rating and does not send it", () => {
    const { form, vas, range } = scale("70");
    vas.disabled = true;
    press(range, "End");
    expect(vas.value).toBe(70);
    expect(sent(form)).toEqual({});
  });

  it("keeps its state when moved in the page", () => {
    const { form, vas, range } = scale();
    press(range, "End");
    form.append(vas);
    expect(form.querySelectorAll('input[type="hidden"]').length).toBe(2);
    expect(sent(form)["q"]).toBe("100");
  });
});
