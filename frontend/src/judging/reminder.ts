/** The short reminder of the keys, for people with a keyboard, and the switch that turns the keys off. */

import { h } from "../dom";
import { say, type Texts, type Values } from "../texts";
import type { Question } from "./question";
import { Boxes, Radios } from "./controls";
import { Order, Own, Scale } from "./widgets";

const PLACE = "mv:keys";

/** Letters as shortcuts can get in the way of speech input: they can be turned off, and stay off in this browser. */
export function keysAreOn(): boolean {
  try {
    return localStorage.getItem(PLACE) !== "off";
  } catch {
    return true;
  }
}

export function turnKeys(on: boolean): void {
  try {
    if (on) localStorage.removeItem(PLACE);
    else localStorage.setItem(PLACE, "off");
  } catch {
    // Storage is forbidden: the switch holds for this page.
  }
}

/** Return what the keys do here, each once. */
export function keysOf(questions: readonly Question[], slots: string[]): [key: string, values: Values][] {
  const lines: [string, Values][] = [];
  const boxes = questions.filter((q): q is Boxes => q instanceof Boxes && q.name !== "no_answer");
  const radios = questions.filter((q): q is Radios => q instanceof Radios && q.name !== "no_answer");
  const most = Math.max(0, ...radios.map((q) => Math.min(9, q.radios.length)), ...boxes.map((q) => Math.min(9, q.boxes.length)));
  const letters = [...new Set(radios.flatMap((q) => q.radios.map((r) => r.dataset["key"] ?? "")))].filter(Boolean);
  if (most > 1) lines.push(["judge.keys.choose", { first: 1, last: most }]);
  if (letters.length > 0) lines.push(["judge.keys.letters", { letters: letters.map((l) => l.toUpperCase()).join(" ") }]);
  if (questions.some((q) => q instanceof Scale)) lines.push(["judge.keys.scale", {}]);
  if (questions.some((q) => q instanceof Order)) lines.push(["judge.keys.order", {}]);
  for (const q of questions) if (q instanceof Own) lines.push([`judge.keys.${q.element.localName.replace("mv-", "")}`, {}]);
  const free = slots.filter((slot) => !letters.includes(slot.toLowerCase()));
  const taken = questions.some((q) => q instanceof Own || q instanceof Order);
  if (free.length > 1 && !taken) lines.push(["judge.keys.slots", { first: free[0]!, last: free.at(-1)! }]);
  if (questions.some((q) => q.name === "no_answer")) lines.push(["judge.keys.none", {}]);
  lines.push(["judge.keys.undo", {}], ["judge.keys.send", {}]);
  return lines;
}

export function makeReminder(texts: Texts, lines: [string, Values][], turned: (on: boolean) => void): HTMLElement {
  const list = h("ul", { class: "keys-list" }, ...lines.map(([key, values]) => h("li", {}, ...withKeys(say(texts, key, values)))));
  const box = h("input", { type: "checkbox", class: "keys-on", checked: keysAreOn() });
  box.addEventListener("change", () => {
    turnKeys(box.checked);
    list.toggleAttribute("data-off", !box.checked);
    turned(box.checked);
  });
  list.toggleAttribute("data-off", !box.checked);
  return h("aside", { class: "keys", "aria-label": say(texts, "judge.keys") }, list, h("label", { class: "keys-switch" }, box, h("span", {}, say(texts, "judge.keys.switch"))));
}

/** `[1]` in a sentence is painted as a key. */
function withKeys(sentence: string): (Node | string)[] {
  return sentence.split(/(\[[^\]]+\])/).filter(Boolean).map((part) => (part.startsWith("[") ? h("kbd", {}, part.slice(1, -1)) : part));
}
