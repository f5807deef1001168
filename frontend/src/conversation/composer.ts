/** Where the next message is written, with its guidance, its draft, and the way to finish. */

import { h, setText } from "../dom";
import { say, type Texts } from "../texts";
import type { Conversation } from "./state";

export interface ComposerHandlers {
  say(text: string, paradata: Record<string, number>): void;
  finish(): void;
  draft(text: string): void;
}

const DRAFT_AFTER = 1000;

export class Composer {
  readonly root: HTMLElement;
  #title = h("h2", { class: "write-title", tabindex: -1, id: "write-title" });
  #turns = h("p", { class: "hint", id: "write-turns" });
  #form = h("form", { class: "write-form", id: "write-form" });
  #text: HTMLTextAreaElement;
  #problem = h("p", { class: "error", id: "write-problem", hidden: true });
  #send: HTMLButtonElement;
  #finish: HTMLButtonElement;
  #timer = 0;
  #pasted = 0;
  #changes = 0;
  #firstTouch: number | null = null;

  constructor(
    readonly texts: Texts,
    readonly on: ComposerHandlers,
    longest: number,
    extra: Element | null,
  ) {
    const fine = window.matchMedia?.("(pointer: fine)").matches ?? true;
    this.#text = h("textarea", { id: "write", rows: 3, maxlength: longest, dir: "auto", autocomplete: "off", "aria-labelledby": "write-title", "aria-describedby": "write-turns write-hint write-problem" });
    const hint = h("p", { class: "hint", id: "write-hint" }, say(texts, fine ? "write.hint" : "write.hint.touch"));
    this.#send = h("button", { type: "submit", form: "write-form", class: "button primary" }, say(texts, "send"));
    this.#finish = h("button", { type: "button", class: "button" }, say(texts, "finish"));
    this.#form.append(this.#problem, this.#text, hint);
    this.root = h("div", { class: "write" }, this.#title, this.#turns, extra as HTMLElement | null, this.#form, h("div", { class: "row write-end" }, this.#send, this.#finish));
    this.#form.noValidate = true;
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#onSend();
    });
    this.#text.addEventListener("input", () => this.#onInput());
    this.#text.addEventListener("paste", (event) => void (this.#pasted += event.clipboardData?.getData("text").length ?? 0));
    this.#text.addEventListener("keydown", (event) => {
      // While an input method composes, Enter chooses a word.
      if (event.key !== "Enter" || event.shiftKey || event.isComposing || !(fine || event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      this.#onSend();
    });
    this.#finish.addEventListener("click", () => this.on.finish());
  }

  get value(): string {
    return this.#text.value;
  }

  /** Put words back (a draft, or a message that was refused), unless something newer stands there. */
  restore(text: string): void {
    if (this.#text.value === "" && text) this.#text.value = text;
    this.#grow();
  }

  /** The message is accepted: the field is empty for the next one. */
  clear(): void {
    window.clearTimeout(this.#timer);
    this.#text.value = "";
    this.#pasted = this.#changes = 0;
    this.#firstTouch = null;
    this.#grow();
  }

  complain(sentence: string): void {
    setText(this.#problem, sentence);
    this.#problem.hidden = sentence === "";
    this.#text.toggleAttribute("aria-invalid", false);
    if (!sentence) return this.#text.removeAttribute("aria-invalid");
    this.#text.setAttribute("aria-invalid", "true");
    this.#text.focus();
  }

  focus(): void {
    this.#title.focus();
  }

  paint(talk: Conversation, busy: boolean): void {
    const open = talk.may_say || talk.may_finish;
    this.root.hidden = !open;
    const words = talk.turns.length === 0 ? "opening" : talk.may_say ? (talk.may_finish ? "continue" : "continue.must") : "turns.last";
    setText(this.#title, say(this.texts, words));
    setText(this.#turns, say(this.texts, "turns", { turn: talk.turns.length + 1, min: talk.min_turns, max: talk.max_turns }));
    this.#turns.hidden = !talk.may_say;
    this.#form.hidden = this.#send.hidden = !talk.may_say;
    this.#finish.hidden = !talk.may_finish;
    this.#finish.classList.toggle("primary", !talk.may_say);
    this.#send.disabled = this.#finish.disabled = busy;
    this.#text.readOnly = busy;
  }

  #onInput(): void {
    this.#changes += 1;
    this.#firstTouch ??= performance.now();
    if (!this.#problem.hidden) this.complain("");
    this.#grow();
    window.clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => this.on.draft(this.#text.value), DRAFT_AFTER);
  }

  #onSend(): void {
    if (this.#send.disabled) return;
    const text = this.#text.value.trim();
    if (!text) return this.complain(say(this.texts, "write.empty"));
    window.clearTimeout(this.#timer);
    const ms = this.#firstTouch === null ? 0 : Math.round(performance.now() - this.#firstTouch);
    this.on.say(text, { ms, changes: this.#changes, pasted_chars: this.#pasted });
  }

  #grow(): void {
    this.#text.style.blockSize = "auto";
    if (this.#text.scrollHeight > 0) this.#text.style.blockSize = `${Math.min(this.#text.scrollHeight + 2, 420)}px`;
  }
}
