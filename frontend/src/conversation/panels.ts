/**
 * The ways to judge a turn. Three open while answers still come: each puts its controls into the cards or below them
 * and reads them back, where every answer has to be judged. All others are the protocol's own form, see form-panel.ts.
 */

import "../elements/mv-rank";
import "../elements/mv-vas";
import { h } from "../dom";
import type { MvRank } from "../elements/mv-rank";
import type { MvVas } from "../elements/mv-vas";
import { say, type Texts } from "../texts";
import type { Card } from "./card";
import { FormPanel } from "./form-panel";
import type { Turn } from "./state";

/** What is sent: a payload made here, or the fields of the protocol's own form. */
export type Given = { payload: Record<string, unknown> } | { form: Record<string, string[]> };

export interface Panel {
  /** Whether it shows the answers itself, once all are there, in place of the cards. */
  readonly covers: boolean;
  /** Below the cards; empty for protocols that live inside them. */
  readonly root: HTMLElement;
  /** Open what may be judged now. */
  open(turn: Turn, cards: Card[]): void;
  /** Slots that are judged. */
  judged(): string[];
  /** The payload or the form's fields, or null while something is missing. */
  answer(): Given | null;
  paradata(): Record<string, unknown>;
  /** Where the focus goes when something is missing. */
  missing(): HTMLElement | null;
  freeze(frozen: boolean): void;
}

/** Return the panel of a turn's protocol; `changed` is called after every touch, `send` when a key sends. */
export function makePanel(turn: Turn, texts: Texts, changed: () => void, send: () => void): Panel {
  // Only the form can say “I am not sure”.
  if ((turn.protocol.allow ?? []).length > 0) return new FormPanel(turn, texts, changed, send);
  if (turn.protocol.kind === "choice") return new ChoicePanel(turn, texts, changed);
  if (turn.protocol.kind === "ranking") return new RankingPanel(turn, texts, changed);
  if (turn.protocol.kind !== "vas") return new FormPanel(turn, texts, changed, send);
  return new VasPanel(turn, texts, changed);
}

const later = (words: string): HTMLElement => h("p", { class: "answer-later" }, words);
const allThere = (cards: Card[]): boolean => cards.length > 0 && cards.every((c) => c.state === "complete" || c.state === "failed");

class VasPanel implements Panel {
  readonly covers = false;
  readonly root = h("div");
  #scales = new Map<string, MvVas>();
  #slots: string[] = [];

  constructor(
    readonly turn: Turn,
    readonly texts: Texts,
    readonly changed: () => void,
  ) {}

  open(turn: Turn, cards: Card[]): void {
    this.#slots = turn.answers.filter((a) => a.state !== "failed").map((a) => a.slot);
    for (const card of cards) {
      if (this.#scales.has(card.slot)) continue;
      if (card.state === "complete") this.#openOne(card);
      else if (card.state === "failed") card.judge.replaceChildren();
      else if (!card.judge.firstChild) card.judge.append(later(say(this.texts, "rate.later")));
    }
  }

  #openOne(card: Card): void {
    const { min = 1, max = 100, low = "", high = "" } = this.turn.protocol;
    const range = h("input", { type: "range", class: "vas", min, max, step: 1, "aria-label": say(this.texts, "rate.label", { slot: card.slot }) });
    const scale = h("mv-vas" as "div", { low, high }, range) as unknown as MvVas;
    scale.addEventListener("change", this.changed);
    this.#scales.set(card.slot, scale);
    card.judge.replaceChildren(scale);
  }

  judged(): string[] {
    return this.#slots.filter((slot) => this.#scales.get(slot)?.value != null);
  }

  answer(): Given | null {
    if (this.judged().length < this.#slots.length) return null;
    return { payload: { scores: Object.fromEntries(this.#slots.map((slot) => [slot, this.#scales.get(slot)!.value])) } };
  }

  paradata(): Record<string, unknown> {
    const slots = [...this.#scales].map(([slot, scale]) => [slot, { ...scale.paradata }] as const);
    return { slots: Object.fromEntries(slots), changes: slots.reduce((n, [, p]) => n + p.changes, 0) };
  }

  missing(): HTMLElement | null {
    const slot = this.#slots.find((s) => this.#scales.get(s)?.value == null);
    return (slot && this.#scales.get(slot)?.querySelector<HTMLElement>("input.vas")) || null;
  }

  freeze(frozen: boolean): void {
    for (const scale of this.#scales.values()) scale.disabled = frozen;
  }
}

class ChoicePanel implements Panel {
  readonly covers = false;
  readonly root = h("div");
  #radios = new Map<string, HTMLInputElement>();
  #changes = 0;

  constructor(
    readonly turn: Turn,
    readonly texts: Texts,
    readonly changed: () => void,
  ) {}

  open(_turn: Turn, cards: Card[]): void {
    const open = allThere(cards);
    for (const card of cards) {
      if (this.#radios.has(card.slot)) continue;
      if (card.state === "failed") card.judge.replaceChildren();
      else if (!open && !card.judge.firstChild) card.judge.append(later(say(this.texts, "choose.later")));
      else if (open) this.#openOne(card);
    }
  }

  #openOne(card: Card): void {
    const radio = h("input", { type: "radio", name: `choice-${this.turn.id}`, value: card.slot });
    radio.addEventListener("change", () => {
      this.#changes += 1;
      this.changed();
    });
    this.#radios.set(card.slot, radio);
    card.judge.replaceChildren(h("label", { class: "option" }, radio, h("span", {}, say(this.texts, "choose", { slot: card.slot }))));
  }

  judged(): string[] {
    return [...this.#radios].filter(([, radio]) => radio.checked).map(([slot]) => slot);
  }

  answer(): Given | null {
    const [choice] = this.judged();
    return choice ? { payload: { choice } } : null;
  }

  paradata(): Record<string, unknown> {
    return { changes: this.#changes };
  }

  missing(): HTMLElement | null {
    return [...this.#radios.values()][0] ?? null;
  }

  freeze(frozen: boolean): void {
    for (const radio of this.#radios.values()) radio.disabled = frozen;
  }
}

class RankingPanel implements Panel {
  readonly covers = false;
  readonly root = h("div", { class: "ranking" });
  #rank: MvRank | null = null;

  constructor(
    readonly turn: Turn,
    readonly texts: Texts,
    readonly changed: () => void,
  ) {}

  open(turn: Turn, cards: Card[]): void {
    if (this.#rank || !allThere(cards)) return;
    const rows = turn.answers
      .filter((a) => a.state === "complete")
      .map((a) =>
        h("li", { "data-item": a.slot }, h("span", { class: "rank-text" }, say(this.texts, "answer", { slot: a.slot }))),
      );
    const rank = h("mv-rank" as "div", { name: "ranks", ties: turn.protocol.ties !== false }, h("ol", { class: "rank" }, ...rows));
    rank.addEventListener("change", this.changed);
    this.#rank = rank as unknown as MvRank;
    this.root.replaceChildren(rank);
  }

  judged(): string[] {
    return Object.keys(this.#rank?.ranks ?? {});
  }

  answer(): Given | null {
    const ranks = this.#rank?.ranks;
    return ranks ? { payload: { ranks } } : null;
  }

  paradata(): Record<string, unknown> {
    return { changes: this.#rank?.paradata.moves ?? 0 };
  }

  missing(): HTMLElement | null {
    return this.#rank?.querySelector<HTMLElement>(".rank-confirm, button") ?? null;
  }

  freeze(frozen: boolean): void {
    if (this.#rank) this.#rank.disabled = frozen;
  }
}
