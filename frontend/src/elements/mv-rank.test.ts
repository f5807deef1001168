import { afterEach, describe, expect, it } from "vitest";
import { MvRank } from "./mv-rank";

function ranking(values: [string, string, string] = ["", "", ""]): { form: HTMLFormElement; rank: MvRank } {
  const rows = ["care", "truth", "order"].map(
    (item, n) => `<li data-item="${item}"><span class="rank-text">${item}</span>
      <input type="number" class="rank-place" name="v.${item}" value="${values[n]}"></li>`,
  );
  document.body.innerHTML = `<script type="application/json" class="texts">{"rank.moved":"{item}, place {place} of {count}","rank.tied":"{item}, shares place {place}","rank.lifted":"{item} lifted"}</script>
    <form><mv-rank name="v" ties><ol>${rows.join("")}</ol></mv-rank></form>`;
  return { form: document.querySelector("form")!, rank: document.querySelector<MvRank>("mv-rank")! };
}
const sent = (form: HTMLFormElement): Record<string, unknown> => Object.fromEntries(new FormData(form));
const row = (rank: MvRank, item: string): HTMLElement => rank.querySelector<HTMLElement>(`[data-item=${item}]`)!;
const click = (rank: MvRank, item: string, what: string): void => row(rank, item).querySelector<HTMLElement>(what)!.click();
const order = (rank: MvRank): string[] => rank.rows.map((r) => r.dataset["item"]!);
const said = (rank: MvRank): string => rank.querySelector("[role=status]")!.textContent!;

describe("mv-rank", () => {
  afterEach(() => document.body.replaceChildren());

  it("sends nothing until a row moved or the order is confirmed", () => {
    const { form, rank } = ranking();
    expect(sent(form)).toEqual({});
    expect(rank.ranks).toBeNull();
    rank.querySelector<HTMLElement>(".rank-confirm")!.click();
    expect(rank.ranks).toEqual({ care: 1, truth: 2, order: 3 });
  });

  it("moves with the buttons, announces it and keeps the focus on the row", () => {
    const { form, rank } = ranking();
    const up = row(rank, "order").querySelector<HTMLElement>(".rank-up")!;
    up.focus();
    up.click();
    expect(order(rank)).toEqual(["care", "order", "truth"]);
    expect(said(rank)).toBe("order, place 2 of 3");
    expect(row(rank, "order").contains(document.activeElement)).toBe(true);
    expect(sent(form)).toMatchObject({ "v.care": "1", "v.order": "2", "v.truth": "3" });
    up.click();
    expect(row(rank, "order").contains(document.activeElement)).toBe(true);
    expect(row(rank, "order").querySelector<HTMLButtonElement>(".rank-up")!.disabled).toBe(true);
  });

  it("moves to the place that is typed", () => {
    const { rank } = ranking();
    const field = row(rank, "care").querySelector<HTMLInputElement>(".rank-place")!;
    field.value = "3";
    field.dispatchEvent(new Event("change", { bubbles: true }));
    expect(order(rank)).toEqual(["truth", "order", "care"]);
    field.value = "99";
    field.dispatchEvent(new Event("change", { bubbles: true }));
    expect(field.value).toBe("3");
  });

  it("ties with the row above, and the next place is left out", () => {
    const { form, rank } = ranking();
    click(rank, "truth", ".rank-tie");
    expect(rank.ranks).toEqual({ care: 1, truth: 1, order: 3 });
    expect(said(rank)).toBe("truth, shares place 1");
    click(rank, "truth", ".rank-tie");
    expect(sent(form)).toMatchObject({ "v.care": "1", "v.truth": "2", "v.order": "3" });
  });

  it("never leaves the first row tied to nothing", () => {
    const { rank } = ranking();
    click(rank, "truth", ".rank-tie");
    click(rank, "care", ".rank-down");
    expect(order(rank)).toEqual(["truth", "care", "order"]);
    expect(rank.ranks).toEqual({ truth: 1, care: 2, order: 3 });
  });

  it("lifts, moves, drops and puts back with the keyboard", () => {
    const { rank } = ranking();
    const grip = row(rank, "care").querySelector<HTMLElement>(".rank-grip")!;
    const press = (key: string): boolean => grip.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
    press("ArrowDown");
    expect(order(rank)).toEqual(["care", "truth", "order"]);
    press(" ");
    expect(said(rank)).toBe("care lifted");
    expect(grip.getAttribute("aria-pressed")).toBe("true");
    press("ArrowDown");
    expect(said(rank)).toBe("care, place 2 of 3");
    press(" ");
    expect(order(rank)).toEqual(["truth", "care", "order"]);
    press(" ");
    press("ArrowDown");
    press("Escape");
    expect(order(rank)).toEqual(["truth", "care", "order"]);
  });

  it("restores given ranks with their ties", () => {
    const { rank } = ranking(["2", "1", "2"]);
    expect(order(rank)).toEqual(["truth", "care", "order"]);
    expect(rank.ranks).toEqual({ truth: 1, care: 2, order: 2 });
  });

  it("drags with a pointer", () => {
    const { rank } = ranking();
    rank.rows.forEach((r) => {
      r.getBoundingClientRect = () => ({ top: rank.rows.indexOf(r) * 100, height: 100 }) as DOMRect;
    });
    const pointer = (type: string, y: number, target: EventTarget): boolean => {
      const event = new MouseEvent(type, { clientY: y, bubbles: true, button: 0 });
      Object.defineProperty(event, "pointerId", { value: 7 });
      return target.dispatchEvent(event);
    };
    pointer("pointerdown", 50, row(rank, "care").querySelector(".rank-grip")!);
    pointer("pointermove", 260, window);
    pointer("pointerup", 260, window);
    expect(order(rank)).toEqual(["truth", "order", "care"]);
    expect(rank.paradata.modality).toBe("drag");
  });
});
