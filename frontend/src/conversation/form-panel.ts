/** A turn judged with the protocol's own form, as the server paints it once all answers are there. */

import "../elements/mv-judge";
import { h } from "../dom";
import type { MvJudge } from "../elements/mv-judge";
import { say, type Texts } from "../texts";
import type { Card } from "./card";
import type { Given, Panel } from "./panels";
import type { Turn } from "./state";

export class FormPanel implements Panel {
  readonly root = h("form", { class: "judge-form" });
  #judge: MvJudge | null = null;

  constructor(
    readonly turn: Turn,
    readonly texts: Texts,
    readonly changed: () => void,
    send: () => void,
  ) {
    this.root.noValidate = true;
    // What is incomplete mv-judge has held back, once.
    this.root.addEventListener("submit", (event) => {
      event.preventDefault();
      send();
    });
    this.root.addEventListener("judge-change", changed);
  }

  get covers(): boolean {
    return this.#judge !== null;
  }

  open(turn: Turn, cards: Card[]): void {
    if (!turn.fragment || this.#judge) return;
    const focused = cards.find((card) => card.root === document.activeElement)?.slot;
    this.#judge = h("mv-judge" as "div", { quiet: true }) as unknown as MvJudge;
    this.#judge.innerHTML = turn.fragment;
    for (const answer of turn.answers.filter((one) => one.simulated)) {
      const tag = h("span", { class: "tag", title: say(this.texts, "simulated.title") }, say(this.texts, "simulated"));
      this.#judge.querySelector(`.answer[data-slot="${answer.slot}"] .answer-top`)?.append(tag);
    }
    this.root.replaceChildren(this.#judge);
    if (focused) this.#judge.querySelector<HTMLElement>(`.answer[data-slot="${focused}"]`)?.focus({ preventScroll: true });
  }

  judged(): string[] {
    return [];
  }

  answer(): Given | null {
    if (!this.#judge) return null;
    const form: Record<string, string[]> = {};
    for (const [name, value] of new FormData(this.root)) {
      if (name.startsWith("answer.") && typeof value === "string") (form[name] ??= []).push(value);
    }
    return { form };
  }

  paradata(): Record<string, unknown> {
    return this.#judge ? { ...this.#judge.record } : {};
  }

  missing(): HTMLElement | null {
    return null;
  }

  /** Nothing is disabled, which would drop the focus: what was sent is only no longer open to the pointer. */
  freeze(frozen: boolean): void {
    this.root.toggleAttribute("data-held", frozen);
  }
}
