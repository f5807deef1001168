/** Where the person writes: one field, its draft, its complaint. */

import { h, setText } from "../dom";
import { say, type Texts } from "../texts";
import { keep, kept } from "./keeping";

const DRAFT_AFTER = 1000;

export class Writer {
  readonly root: HTMLFormElement;
  readonly field: HTMLTextAreaElement;
  #problem: HTMLElement;
  #send: HTMLButtonElement;
  #timer = 0;

  constructor(
    readonly texts: Texts,
    readonly words: { id: string; label: string; send: string; primary: boolean; longest: number; place?: string },
    readonly on: { send(text: string): void; draft?(text: string): void },
  ) {
    const { id } = words;
    const fine = window.matchMedia?.("(pointer: fine)").matches ?? true;
    this.field = h("textarea", { id, rows: 3, maxlength: words.longest, dir: "auto", autocomplete: "off", "aria-describedby": `${id}-problem` });
    this.#problem = h("p", { class: "error", id: `${id}-problem`, hidden: true });
    this.#send = h("button", { type: "submit", class: `button${words.primary ? " primary" : ""}` }, words.send);
    this.root = h("form", { class: "interview-write" }, h("label", { class: "label", for: id }, words.label), this.#problem, this.field, this.#send);
    this.root.noValidate = true;
    this.root.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    this.field.addEventListener("keydown", (event) => {
      // While an input method composes, Enter chooses a word.
      if (event.key !== "Enter" || event.shiftKey || event.isComposing || !(fine || event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      this.#submit();
    });
    this.field.addEventListener("input", () => {
      if (!this.#problem.hidden) this.complain("");
      window.clearTimeout(this.#timer);
      keep(this.words.place ?? "", this.field.value);
      if (on.draft) this.#timer = window.setTimeout(() => on.draft?.(this.field.value), DRAFT_AFTER);
    });
  }

  /** Put back what was being written: as this window has it, else as the server does. */
  restore(text: string): void {
    const before = kept(this.words.place ?? "") || text;
    if (!this.field.value && before) this.field.value = before;
  }

  clear(): void {
    window.clearTimeout(this.#timer);
    this.field.value = "";
    keep(this.words.place ?? "", this.field.value);
  }

  complain(sentence: string): void {
    setText(this.#problem, sentence);
    this.#problem.hidden = !sentence;
    if (!sentence) return this.field.removeAttribute("aria-invalid");
    this.field.setAttribute("aria-invalid", "true");
    this.field.focus();
  }

  busy(busy: boolean): void {
    this.#send.disabled = busy;
    this.field.readOnly = busy;
  }

  #submit(): void {
    if (this.#send.disabled) return;
    const text = this.field.value.trim();
    if (!text) return this.complain(say(this.texts, "write.empty"));
    window.clearTimeout(this.#timer);
    this.on.send(text);
  }
}
