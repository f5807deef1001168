/** On phones, where responses lie one under another: a strip that stays, to jump to each and to the answer. */

import { h } from "../dom";
import { say, type Texts } from "../texts";

export interface Stop {
  element: HTMLElement;
  /** A response's letter, or the words for the answer itself. */
  words: string;
  done: boolean;
}

export class Strip {
  readonly root: HTMLElement;
  #look = "";

  constructor(readonly texts: Texts) {
    this.root = h("nav", { class: "strip", "aria-label": say(texts, "judge.strip") });
  }

  paint(stops: Stop[]): void {
    const look = stops.map((stop) => stop.words + stop.done).join("|");
    if (look === this.#look) return;
    this.#look = look;
    // The strip may hold the focus: links are changed in place, not made anew.
    while (this.root.children.length > stops.length) this.root.lastElementChild?.remove();
    stops.forEach((stop, n) => this.#link(n, stop));
  }

  #link(n: number, { element, words, done }: Stop): void {
    let link = this.root.children[n] as HTMLAnchorElement | undefined;
    if (!link) {
      link = h("a", { href: `#${element.id}` });
      link.addEventListener("click", (event) => {
        event.preventDefault();
        element.scrollIntoView({ block: "start" });
        element.focus({ preventScroll: true });
      });
      this.root.append(link);
    }
    link.toggleAttribute("data-done", done);
    link.toggleAttribute("data-words", words.length > 2);
    link.replaceChildren(words, ...(done ? [" ", h("span", { "aria-hidden": "true" }, "✓"), h("span", { class: "hidden-text" }, say(this.texts, "judge.done"))] : []));
  }
}
