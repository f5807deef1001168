/** Questions made of this project's own elements: scales, orders, MUSHRA pages and marked spans. */

import type { MvRank } from "../elements/mv-rank";
import type { MvVas } from "../elements/mv-vas";
import { askOf, bare, isNeeded, show, slotOf, type Question } from "./question";

/** What an element offers to be a question of its own. */
export interface Askable extends HTMLElement {
  readonly answered: boolean;
  /** What undo keeps; `state = kept` brings it back. */
  state: unknown;
  /** Take the focus where something is missing, else at the beginning. */
  enter(): void;
  press(key: string): boolean;
  /** Which controls inside it are its own questions' (all, where it does not say). */
  owns?(target: Element): boolean;
}

export class Scale implements Question {
  readonly name: string;
  readonly slot: string;
  readonly root: HTMLElement;

  constructor(readonly scale: MvVas) {
    this.name = bare(scale.querySelector<HTMLInputElement>("input[name]")?.name ?? "scale");
    this.slot = slotOf(scale);
    const ask = askOf(scale);
    // Several scales may share a fieldset: each is scrolled to on its own.
    this.root = ask.querySelectorAll("mv-vas").length > 1 ? scale : ask;
  }

  get line(): HTMLInputElement | null {
    return this.scale.querySelector<HTMLInputElement>("input.vas");
  }

  answered(): boolean {
    return this.scale.value !== null;
  }

  needed(): boolean {
    return isNeeded(this.root) && !this.scale.disabled;
  }

  keep(): unknown {
    return this.scale.value;
  }

  put(kept: unknown): void {
    this.scale.value = kept as number | null;
  }

  enter(): void {
    show(this.line, this.root);
  }

  /** Left and right begin at the scale even when the focus stands elsewhere; a scale without numbers takes no digits. */
  press(key: string): boolean {
    if (key !== "ArrowLeft" && key !== "ArrowRight") return false;
    this.enter();
    this.line?.dispatchEvent(new KeyboardEvent("keydown", { key, cancelable: true }));
    return true;
  }

  owns(target: Element): boolean {
    return this.scale.contains(target);
  }
}

export class Order implements Question {
  readonly name: string;
  readonly slot = "";
  readonly root: HTMLElement;

  constructor(readonly rank: MvRank) {
    this.name = bare(rank.getAttribute("name") ?? "ranks");
    this.root = askOf(rank);
  }

  answered(): boolean {
    return this.rank.ranks !== null;
  }

  needed(): boolean {
    return isNeeded(this.root) && !this.rank.disabled;
  }

  keep(): unknown {
    return this.rank.state;
  }

  put(kept: unknown): void {
    this.rank.state = kept as MvRank["state"];
  }

  enter(): void {
    show(this.rank.querySelector<HTMLElement>(".rank-grip"), this.root);
  }

  press(key: string): boolean {
    return this.rank.press(key);
  }

  owns(target: Element): boolean {
    return this.rank.contains(target);
  }
}

export class Own implements Question {
  readonly name: string;
  readonly slot: string;
  readonly root: HTMLElement;

  constructor(readonly element: Askable) {
    this.name = bare(element.getAttribute("name") ?? element.localName.replace("mv-", ""));
    this.slot = slotOf(element);
    this.root = element.closest<HTMLElement>(".ask, fieldset") ?? element;
  }

  answered(): boolean {
    return this.element.answered;
  }

  needed(): boolean {
    return isNeeded(this.root);
  }

  keep(): unknown {
    return this.element.state;
  }

  put(kept: unknown): void {
    this.element.state = kept;
  }

  enter(): void {
    this.element.enter();
  }

  press(key: string): boolean {
    return this.element.press(key);
  }

  owns(target: Element): boolean {
    return target === this.element || (this.element.owns?.(target) ?? this.element.contains(target));
  }
}
