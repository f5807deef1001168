import { afterEach, expect, it, vi } from "vitest";
import { MvFresh } from "./mv-fresh";

function place(inside: string): MvFresh {
  document.body.innerHTML = `<mv-fresh id="live" data-every="20">${inside}</mv-fresh>`;
  return document.querySelector<MvFresh>("#live")!;
}

function answers(page: string): ReturnType<typeof vi.fn> {
  const asked = vi.fn(() => Promise.resolve(new Response(page)));
  vi.stubGlobal("fetch", asked);
  return asked;
}

afterEach(() => vi.unstubAllGlobals());

it("shows what the page says now, and leaves open what was opened", async () => {
  const part = place("<p>3 labels</p><details open><summary>More</summary></details>");
  answers(`<main><mv-fresh id="live"><p>4 labels</p><details><summary>More</summary></details></mv-fresh></main>`);
  await part.renew();
  expect(part.querySelector("p")!.textContent).toBe("4 labels");
  expect(part.querySelector("details")!.open).toBe(true);
});

it("does not move while somebody writes in it", async () => {
  const part = place("<input>");
  const asked = answers(`<mv-fresh id="live"></mv-fresh>`);
  part.querySelector("input")!.focus();
  await part.renew();
  expect(asked).not.toHaveBeenCalled();
  expect(part.querySelector("input")).not.toBeNull();
});

it("does not throw away what was typed, nor what is selected", async () => {
  const part = place(`<input name="number" value="10"><p id="said">3 labels</p>`);
  const asked = answers(`<mv-fresh id="live"><p>4 labels</p></mv-fresh>`);
  part.querySelector("input")!.value = "25";
  await part.renew();
  part.querySelector("input")!.value = "10";
  document.getSelection()!.selectAllChildren(part.querySelector("#said")!);
  await part.renew();
  expect(asked).not.toHaveBeenCalled();
  document.getSelection()!.removeAllRanges();
  await part.renew();
  expect(part.textContent).toBe("4 labels");
});

it("keeps the focus on a button, and open what is open though more comes before it", async () => {
  const part = place(`<button>Pause</button><section id="wins"><details open><summary>As a table</summary></details></section>`);
  part.querySelector("button")!.focus();
  answers(
    `<mv-fresh id="live"><button>Check</button><button>Pause</button><section id="burn"><details><summary>As a table</summary></details></section>` +
      `<section id="wins"><details><summary>As a table</summary></details></section></mv-fresh>`,
  );
  await part.renew();
  expect(document.activeElement!.textContent).toBe("Pause");
  expect([...part.querySelectorAll("details")].map((one) => one.open)).toEqual([false, true]);
});

it("loads the page again when it shows something else by now", async () => {
  const part = place("<p>Being computed</p>");
  const again = vi.spyOn(part, "reload").mockImplementation(() => undefined);
  answers("<main>The report</main>");
  await part.renew();
  expect(again).toHaveBeenCalledOnce();
});

it("keeps what it has when the network is away", async () => {
  const part = place("<p>3 labels</p>");
  vi.stubGlobal("fetch", () => Promise.reject(new Error("away")));
  await part.renew();
  expect(part.textContent).toBe("3 labels");
});
