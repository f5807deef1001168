/** Questions that depend on others: a parent answered yes, a choice made first, two that may not be the same. */

import type { Radios } from "./controls";
import type { Question } from "./question";

/**
 * Open and close what depends on something, inside `root`:
 *
 * - `data-parent="q1"`: open while the question `q1` (of the same response) has the value `yes`;
 * - `data-follows="strength"`: open once that question is answered.
 *
 * A closed question is hidden, its controls are disabled, and nothing of it is sent.
 */
export function applyGates(root: HTMLElement, questions: readonly Question[]): void {
  // A child of a child needs a second round; there are never more rounds than questions.
  for (let round = 0; round <= questions.length; round += 1) {
    let moved = false;
    for (const ask of root.querySelectorAll<HTMLElement>("[data-parent], [data-follows]")) {
      moved = open(ask, isOpen(ask, questions)) || moved;
    }
    if (!moved) return;
  }
}

function isOpen(ask: HTMLElement, questions: readonly Question[]): boolean {
  const { parent, follows } = ask.dataset;
  const slot = ask.closest<HTMLElement>("[data-slot]")?.dataset["slot"] ?? "";
  const gate = questions.find((q) => (parent ? q.slot === slot && endsWith(q, parent) : endsWith(q, follows ?? "")));
  // Of a gate that is not on the page nothing can be said: better open than lost.
  if (!gate) return true;
  if (gate.root.closest("[hidden]")) return false;
  return parent ? (gate as Radios).value === "yes" : gate.answered();
}

const endsWith = (question: Question, name: string): boolean => question.name === name || question.name.endsWith(`.${name}`);

function open(ask: HTMLElement, on: boolean): boolean {
  if (ask.hidden === !on) return false;
  ask.hidden = !on;
  for (const control of ask.querySelectorAll<HTMLInputElement>("input, select, textarea")) {
    if (!on && !control.disabled) {
      control.disabled = true;
      control.dataset["gated"] = "";
    } else if (on && "gated" in control.dataset) {
      control.disabled = false;
      delete control.dataset["gated"];
    }
  }
  return true;
}

/** Within `[data-apart]` (best and worst) two questions cannot have the same value: the older one is emptied. */
export function keepApart(changed: Question, questions: readonly Question[]): void {
  const frame = changed.root.closest("[data-apart]");
  if (!frame || !changed.answered()) return;
  for (const other of questions) {
    if (other !== changed && frame.contains(other.root) && other.keep() === changed.keep()) other.put("");
  }
}

/** Boxes that exclude each other: HTML's radios could not be emptied without JavaScript. */
export function keepOne(none: Question, box: HTMLInputElement): void {
  if (!box.checked) return;
  for (const other of none.root.querySelectorAll<HTMLInputElement>("input")) if (other !== box && other.name === box.name) other.checked = false;
}
