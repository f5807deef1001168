/** The card as a form: a title, a sentence, three to seven lines; what the server refuses is said at its field. */

import { h, setText } from "../dom";
import { say, type Texts } from "../texts";
import { keep, kept } from "./keeping";
import type { Card } from "./state";

export interface Written {
  title: string;
  description: string;
  policies: string[];
}

const FEWEST = 3;
const MOST = 7;

export class Hand {
  readonly root: HTMLFormElement;
  #title: HTMLInputElement;
  #description: HTMLTextAreaElement;
  #lines = h("div", { class: "hand-lines" });
  #more: HTMLButtonElement;
  #save: HTMLButtonElement;
  #problem = h("p", { class: "error", role: "alert", hidden: true });
  #opened = "";

  constructor(
    readonly texts: Texts,
    readonly on: { save(card: Written): void; cancel(): void },
    readonly place = "",
  ) {
    const text = (key: string): string => say(texts, key);
    this.#title = h("input", { type: "text", id: "hand-title", maxlength: 80, dir: "auto", "aria-describedby": "hand-title-problem" });
    this.#description = h("textarea", { id: "hand-description", rows: 3, maxlength: 400, dir: "auto", "aria-describedby": "hand-description-problem" });
    this.#more = h("button", { type: "button", class: "button quiet" }, text("hand.more"));
    this.#save = h("button", { type: "submit", class: "button primary" }, text("hand.save"));
    const cancel = h("button", { type: "button", class: "button" }, text("hand.cancel"));
    this.root = h(
      "form",
      { class: "hand" },
      h("h2", { tabindex: -1 }, text("hand")),
      this.#problem,
      h("label", { class: "label", for: "hand-title" }, text("hand.title")),
      h("p", { class: "error", id: "hand-title-problem", hidden: true }),
      this.#title,
      h("label", { class: "label", for: "hand-description" }, text("hand.description")),
      h("p", { class: "error", id: "hand-description-problem", hidden: true }),
      this.#description,
      h("fieldset", {}, h("legend", { class: "label" }, text("hand.policies")), h("p", { class: "hint" }, text("hand.hint")), h("p", { class: "error", id: "hand-policies-problem", hidden: true }), this.#lines, this.#more),
      h("div", { class: "row" }, this.#save, cancel),
    );
    this.root.noValidate = true;
    this.root.addEventListener("submit", (event) => {
      event.preventDefault();
      if (!this.#save.disabled) this.on.save(this.#read());
    });
    this.#more.addEventListener("click", () => this.#line("").focus());
    cancel.addEventListener("click", () => this.on.cancel());
    this.root.addEventListener("input", () => keep(this.place, JSON.stringify(this.#read())));
  }

  /** Whether something was written here that is saved nowhere else. */
  get changed(): boolean {
    return !this.root.hidden && JSON.stringify(this.#read()) !== this.#opened;
  }

  /** Fill the form with what was being written before the page was loaded again, else with a card, else with empty lines. */
  open(card: Card | null): void {
    this.#fill(card);
    this.#opened = JSON.stringify(this.#read());
    const before = kept(this.place);
    if (before) this.#fill(JSON.parse(before) as Written);
    this.complain("", {});
    this.root.querySelector("h2")?.focus();
  }

  /** Saved, or not wanted any more: what was being written here goes. */
  forget(): void {
    keep(this.place, "");
  }

  #fill(card: Written | null): void {
    this.#title.value = card?.title ?? "";
    this.#description.value = card?.description ?? "";
    this.#lines.replaceChildren();
    const lines = card?.policies ?? [];
    for (let n = 0; n < Math.max(lines.length, FEWEST); n++) this.#line(lines[n] ?? "");
  }

  busy(busy: boolean): void {
    this.#save.disabled = busy;
  }

  /** Say what is wrong, each at its field; places are title, description, policies, policies.N. */
  complain(sentence: string, fields: Record<string, string>): void {
    setText(this.#problem, sentence);
    this.#problem.hidden = !sentence;
    let first: HTMLElement | null = null;
    const places: [string, HTMLElement, string][] = [
      ["title", this.#title, fields["title"] ?? ""],
      ["description", this.#description, fields["description"] ?? ""],
    ];
    const listed = Object.entries(fields).filter(([place]) => place.startsWith("policies"));
    const inputs = [...this.#lines.querySelectorAll("textarea")];
    if (inputs[0]) places.push(["policies", inputs[Number(listed[0]?.[0].split(".")[1] ?? 0)] ?? inputs[0], listed[0]?.[1] ?? ""]);
    for (const input of inputs) input.removeAttribute("aria-invalid");
    for (const [place, field, problem] of places) {
      const line = this.root.querySelector<HTMLElement>(`#hand-${place}-problem`);
      if (!line) continue;
      setText(line, problem);
      line.hidden = !problem;
      if (problem) {
        field.setAttribute("aria-invalid", "true");
        first ??= field;
      } else field.removeAttribute("aria-invalid");
    }
    first?.focus();
  }

  #read(): Written {
    const policies = [...this.#lines.querySelectorAll("textarea")].map((input) => input.value).filter((line) => line.trim());
    return { title: this.#title.value, description: this.#description.value, policies };
  }

  #line(text: string): HTMLTextAreaElement {
    const number = this.#lines.children.length + 1;
    const input = h("textarea", { rows: 2, maxlength: 200, dir: "auto", "aria-label": say(this.texts, "hand.line", { n: number }), "aria-describedby": "hand-policies-problem" });
    input.value = text;
    const remove = h("button", { type: "button", class: "button quiet hand-remove", "aria-label": say(this.texts, "hand.remove", { n: number }) }, "✕");
    const row = h("div", { class: "hand-line" }, input, remove);
    remove.addEventListener("click", () => {
      const beside = (row.nextElementSibling ?? row.previousElementSibling)?.querySelector("textarea");
      row.remove();
      this.#number();
      (beside ?? this.#more).focus();
    });
    this.#lines.append(row);
    this.#number();
    return input;
  }

  #number(): void {
    const rows = [...this.#lines.children];
    for (const [n, row] of rows.entries()) {
      row.querySelector("textarea")?.setAttribute("aria-label", say(this.texts, "hand.line", { n: n + 1 }));
      row.querySelector("button")?.setAttribute("aria-label", say(this.texts, "hand.remove", { n: n + 1 }));
    }
    this.#more.hidden = rows.length >= MOST;
  }
}
