/** One answer: its letter, its words as they come, and the place where it is judged. */

import { h, setText } from "../dom";
import { say, type Texts } from "../texts";
import type { Answer } from "./state";

export class Card {
  readonly root: HTMLElement;
  readonly judge = h("div", { class: "answer-judge" });
  #words = h("div", { class: "answer-words", dir: "auto" });
  #text = h("div", { class: "answer-text" }, this.#words);
  #note = h("p", { class: "answer-note", hidden: true });
  #tag: HTMLElement;
  #lines = 0;
  state: Answer["state"] = "waiting";

  constructor(
    readonly slot: string,
    id: string,
    readonly texts: Texts,
  ) {
    const head = h("h3", { class: "answer-head", id: `${id}-head` }, say(texts, "answer", { slot }));
    this.#tag = h("span", { class: "tag", title: say(texts, "simulated.title"), hidden: true }, say(texts, "simulated"));
    this.root = h(
      "article",
      { class: "answer", id, tabindex: -1, "aria-labelledby": head.id },
      h("div", { class: "answer-top" }, head, this.#tag),
      this.#note,
      this.#text,
      this.judge,
    );
  }

  paint(answer: Answer): void {
    this.state = answer.state;
    this.root.dataset["state"] = answer.state;
    this.root.setAttribute("aria-busy", String(answer.state === "waiting" || answer.state === "streaming"));
    this.#tag.hidden = !answer.simulated;
    const note = answer.note ? say(this.texts, answer.note) : answer.state === "failed" ? say(this.texts, "gone") : "";
    setText(this.#note, note);
    this.#note.hidden = note === "";
    setText(this.#words, answer.text || (answer.state === "waiting" ? say(this.texts, "waiting") : ""));
    this.#keepHeight();
  }

  /** A card grows in steps of four lines and never shrinks, so the page does not jump while words come. */
  #keepHeight(): void {
    const line = parseFloat(getComputedStyle(this.#words).lineHeight) || 28;
    const needed = Math.ceil(this.#words.offsetHeight / line - 0.2);
    const lines = Math.max(this.#lines, this.state === "complete" ? needed : Math.ceil(needed / 4) * 4);
    if (lines === this.#lines) return;
    this.#lines = lines;
    this.#text.style.minBlockSize = `${lines * line}px`;
  }
}
