/** The card beside the talk: read it, say what should be different, change it by hand, accept it. */

import { h } from "../dom";
import { say, type Texts } from "../texts";
import { Hand, type Written } from "./hand";
import type { Card, Talk } from "./state";
import { Writer } from "./writer";

export interface PanelHandlers {
  accept(version: number, names_are_fine: boolean): void;
  change(text: string): void;
  write(card: Written): void;
}

/** Return a line with the words in capitals it begins with marked. */
export function lead(line: string): (string | HTMLElement)[] {
  const found = /^[\p{Lu}]{2,}(?:[ -][\p{Lu}]{2,})*(?=[\s,.:;]|$)/u.exec(line);
  return found ? [h("strong", {}, found[0]), line.slice(found[0].length)] : [line];
}

export class Panel {
  readonly root = h("section", { class: "interview-card", "aria-labelledby": "interview-card-title", id: "interview-card", hidden: true });
  readonly change: Writer;
  readonly hand: Hand;
  #head: HTMLElement;
  #shown = h("div");
  #foot = h("div", { class: "interview-card-foot" });
  #edit: HTMLButtonElement;
  #talk: Talk | null = null;
  #painted = "";
  #writing = false;

  constructor(
    readonly texts: Texts,
    longest: number,
    place: string,
    readonly on: PanelHandlers,
  ) {
    const text = (key: string): string => say(texts, key);
    this.#head = h("h2", { id: "interview-card-title", tabindex: -1 }, text("card"));
    this.change = new Writer(texts, { id: "interview-change", label: text("change.label"), send: text("change"), primary: false, longest }, { send: (words) => on.change(words) });
    this.hand = new Hand(texts, { save: (card) => on.write(card), cancel: () => this.#write(false) }, place);
    this.#edit = h("button", { type: "button", class: "button" }, text("edit"));
    this.#edit.addEventListener("click", () => this.#write(true));
    this.root.append(this.#head, this.#shown, this.#foot, this.change.root, this.#edit, this.hand.root);
    this.hand.root.hidden = true;
  }

  /** Whether a card is being written by hand, and would be lost with this page. */
  get unsaved(): boolean {
    return this.#writing && this.hand.changed;
  }

  focus(): void {
    this.#head.focus({ preventScroll: true });
    this.root.scrollIntoView({ block: "start" });
  }

  /** Open the form for writing by hand, with the card in it where there is one. */
  write(): void {
    this.#write(true);
  }

  paint(talk: Talk, busy: boolean): void {
    this.#talk = talk;
    const { card } = talk;
    if (this.#writing && !talk.may_write && !busy) this.#writing = false;
    this.root.hidden = !card && !this.#writing;
    const still = talk.phase !== "answering";
    const painted = JSON.stringify([card, talk.phase]);
    if (painted !== this.#painted) {
      this.#painted = painted;
      this.#shown.replaceChildren(...(card ? [this.#card(card)] : []));
      this.#foot.replaceChildren(...(card && talk.phase === "carded" ? this.#accepting(card) : []));
    }
    for (const button of this.#foot.querySelectorAll("button")) button.disabled = busy;
    this.change.busy(busy);
    this.hand.busy(busy);
    this.#shown.hidden = this.#foot.hidden = this.#head.hidden = this.#writing;
    this.change.root.hidden = this.#writing || !talk.may_change;
    this.#edit.hidden = this.#writing || !talk.may_write || !card || !still;
    this.hand.root.hidden = !this.#writing;
  }

  /** The card was saved: back to reading it. */
  saved(): void {
    this.hand.forget();
    this.#writing = false;
  }

  #write(writing: boolean): void {
    this.#writing = writing;
    if (this.#talk) this.paint(this.#talk, false);
    if (writing) {
      this.hand.open(this.#talk?.card ?? null);
      this.root.scrollIntoView({ block: "start" });
      return;
    }
    this.hand.forget();
    if (this.#talk?.card) this.#edit.focus();
  }

  #card(card: Card): HTMLElement {
    const lines = card.policies.map((line) => h("li", { dir: "auto" }, ...lead(line)));
    return h("article", { class: "values-card" }, h("h3", { class: "values-title", dir: "auto" }, card.title), h("p", { class: "values-moment", dir: "auto" }, card.description), h("p", { class: "values-where" }, say(this.texts, "card.lines")), h("ul", { class: "values-lines" }, ...lines));
  }

  #accepting(card: Card): HTMLElement[] {
    if (card.must.length) return [h("p", { class: "note warm" }, say(this.texts, "card.must"), " ", h("bdi", {}, card.must.join(", ")))];
    const parts: HTMLElement[] = card.hints.map((hint) => h("p", { class: "hint" }, hint));
    const fine = h("input", { type: "checkbox", id: "names-are-fine" });
    const problem = h("p", { class: "error", role: "alert", hidden: true }, say(this.texts, "card.names.first"));
    if (card.names.length) parts.push(h("p", { class: "note warm" }, say(this.texts, "card.names"), " ", h("bdi", {}, card.names.join(", "))), h("label", { class: "option" }, fine, h("span", {}, say(this.texts, "card.names.fine"))), problem);
    const accept = h("button", { type: "button", class: "button primary accept" }, say(this.texts, "accept"));
    accept.addEventListener("click", () => {
      problem.hidden = !card.names.length || fine.checked;
      if (problem.hidden) this.on.accept(card.version, fine.checked);
      else fine.focus();
    });
    parts.push(h("p", { class: "hint" }, say(this.texts, "accept.hint")), accept);
    return parts;
  }
}
