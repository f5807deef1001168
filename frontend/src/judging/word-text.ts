/** One text whose words can be chosen: by keys, by tapping the first and the last, or by dragging over them. */

import { h } from "../dom";
import { codePoints, slice, toWords, wordsOf, type Mark, type Word } from "./marks";

export interface Chosen {
  slot: string;
  start: number;
  end: number;
  words: string;
}

export interface WordTextHandlers {
  /** Other words are chosen now, or none. */
  chosen(chosen: Chosen | null, by: "keyboard" | "pointer"): void;
  /** A key that is not about choosing; true when it was used. */
  key(key: string): boolean;
}

export class WordText {
  readonly words: Word[];
  readonly text: string;
  #pieces: { node: HTMLElement; start: number; end: number }[] = [];
  #from = -1;
  #to = -1;

  constructor(
    readonly root: HTMLElement,
    readonly slot: string,
    readonly on: WordTextHandlers,
    signal: AbortSignal,
  ) {
    this.text = root.textContent ?? "";
    this.words = wordsOf(this.text, root.closest<HTMLElement>("[lang]")?.lang || undefined);
    this.#split();
    root.tabIndex = 0;
    root.setAttribute("role", "application");
    root.classList.add("markable");
    root.addEventListener("keydown", (event) => this.#onKey(event), { signal });
    root.addEventListener("pointerup", (event) => this.#onPointer(event), { signal });
  }

  get chosen(): Chosen | null {
    if (this.#from < 0) return null;
    const [first, last] = [Math.min(this.#from, this.#to), Math.max(this.#from, this.#to)];
    const [start, end] = [this.words[first]!.start, this.words[last]!.end];
    return { slot: this.slot, start, end, words: slice(this.text, start, end) };
  }

  /** Begin where the cursor was, else at the first word. */
  enter(): void {
    this.root.focus({ preventScroll: true });
    this.root.closest(".answer")?.scrollIntoView?.({ block: "nearest" });
    if (this.#from < 0 && this.words.length > 0) this.#choose(0, 0, "keyboard");
  }

  clear(): void {
    this.#from = this.#to = -1;
    this.#paintChosen();
  }

  paint(marks: Mark[], words: (mark: Mark) => string): void {
    for (const { node, start, end } of this.#pieces) {
      const mark = marks.find((one) => one.slot === this.slot && one.start < end && one.end > start);
      node.classList.toggle("marked", Boolean(mark));
      if (mark?.start === start) node.dataset["mark"] = words(mark);
      else delete node.dataset["mark"];
    }
    this.#paintChosen();
  }

  /** The text in pieces, words and what lies between them; put together they are the text again, letter for letter. */
  #split(): void {
    const points = [...this.text];
    const piece = (start: number, end: number, word: boolean): HTMLElement => {
      const node = h("span", { class: word ? "word" : "gap" }, points.slice(start, end).join(""));
      this.#pieces.push({ node, start, end });
      return node;
    };
    const nodes: Node[] = [];
    let at = 0;
    for (const { start, end } of this.words) {
      if (start > at) nodes.push(piece(at, start, false));
      nodes.push(piece(start, end, true));
      at = end;
    }
    if (at < points.length) nodes.push(piece(at, points.length, false));
    this.root.replaceChildren(...nodes);
  }

  #choose(from: number, to: number, by: "keyboard" | "pointer"): void {
    const within = (n: number): number => Math.max(0, Math.min(this.words.length - 1, n));
    this.#from = within(from);
    this.#to = within(to);
    this.#paintChosen();
    this.on.chosen(this.chosen, by);
  }

  #paintChosen(): void {
    const chosen = this.chosen;
    for (const { node, start, end } of this.#pieces) node.classList.toggle("chosen", chosen !== null && chosen.start <= start && end <= chosen.end);
    const tip = this.#to < 0 ? null : this.#pieces.find((piece) => piece.start === this.words[this.#to]!.start)?.node;
    if (document.activeElement === this.root) tip?.scrollIntoView?.({ block: "nearest" });
  }

  #onKey(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || this.words.length === 0) return;
    const rightIs = getComputedStyle(this.root).direction === "rtl" ? -1 : 1;
    const to: Record<string, number> = { ArrowRight: this.#to + rightIs, ArrowLeft: this.#to - rightIs, Home: 0, End: this.words.length - 1 };
    if (event.key in to) {
      const at = this.#from < 0 ? 0 : to[event.key]!;
      this.#choose(event.shiftKey && this.#from >= 0 ? this.#from : at, at, "keyboard");
    } else if (event.key === "Escape" && this.#from >= 0) {
      this.clear();
      this.on.chosen(null, "keyboard");
    } else if (!this.on.key(event.code.startsWith("Digit") ? event.code.slice(5) : event.key)) {
      return;
    }
    event.preventDefault();
  }

  #onPointer(event: PointerEvent): void {
    const dragged = this.#dragged();
    if (dragged) {
      window.getSelection()?.removeAllRanges();
      return this.#choose(dragged[0], dragged[1], "pointer");
    }
    const node = (event.target as Element).closest<HTMLElement>(".word");
    const piece = this.#pieces.find((one) => one.node === node);
    const at = piece ? this.words.findIndex((word) => word.start === piece.start) : -1;
    if (at < 0) return;
    // The first tap is the first word, the second the last one, the third begins anew.
    const single = this.#from >= 0 && this.#from === this.#to;
    if (single && at !== this.#from) this.#choose(this.#from, at, "pointer");
    else if (single) {
      this.clear();
      this.on.chosen(null, "pointer");
    } else this.#choose(at, at, "pointer");
  }

  #dragged(): [number, number] | null {
    const selection = window.getSelection();
    if (!selection || selection.isCollapsed || !selection.rangeCount) return null;
    const range = selection.getRangeAt(0);
    if (!this.root.contains(range.startContainer) || !this.root.contains(range.endContainer)) return null;
    const before = document.createRange();
    before.selectNodeContents(this.root);
    before.setEnd(range.startContainer, range.startOffset);
    const start = codePoints(this.text, before.toString().length);
    const span = toWords(this.words, start, start + [...range.toString()].length);
    if (!span) return null;
    return [this.words.findIndex((w) => w.start === span.start), this.words.findIndex((w) => w.end === span.end)];
  }
}
