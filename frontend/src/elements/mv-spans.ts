import { h, setText } from "../dom";
import { inOrder, placeOf, slice, type Mark } from "../judging/marks";
import type { Askable } from "../judging/widgets";
import { WordText, type Chosen } from "../judging/word-text";
import { readTexts, say, type Texts } from "../texts";

type Choice = readonly [key: string, words: string];

/**
 * Passages marked in the answers' texts.
 *
 *     <article class="answer" data-slot="A">…<div class="answer-words">the text, nothing around it</div></article>
 *     <mv-spans name="answer.spans" data-most="100">
 *       <fieldset class="span">… <select name="answer.spans.0.slot">, .quote, .occurrence, .label, .severity …</fieldset>
 *       <label class="option"><input type="checkbox" name="answer.nothing" value="1"> There is nothing to mark</label>
 *     </mv-spans>
 *
 * Without JavaScript the rows are filled in by hand. With it they go, words are chosen in the texts (arrows, Shift,
 * digits; or tap the first and the last word; or drag), and hidden inputs `answer.spans.N.slot/start/end/label/severity`
 * carry the marks, in Unicode code points. The labels and severities are those of the first row's lists.
 */
export class MvSpans extends HTMLElement implements Askable {
  #texts: Texts = {};
  #words: WordText[] = [];
  #marks: Mark[] = [];
  #labels: Choice[] = [];
  #severities: Choice[] = [];
  #chosen: Chosen | null = null;
  /** What this browser kept of a page that never reached the server; it comes before the words are there. */
  #kept: Mark[] = [];
  /** Marked just now, and not said yet how serious it is. */
  #pending: Mark | null = null;
  #bar = h("div", { class: "spans-bar" });
  #list = h("ul", { class: "spans-list" });
  #carriers = h("div", { hidden: true });
  #told = h("p", { class: "hidden-text", role: "status" });
  #stop = new AbortController();
  #ready = false;

  connectedCallback(): void {
    queueMicrotask(() => this.isConnected && this.#start());
  }

  disconnectedCallback(): void {
    this.#stop.abort();
  }

  get nothing(): HTMLInputElement | null {
    return this.querySelector<HTMLInputElement>('input[name$="nothing"]');
  }

  get answered(): boolean {
    if (this.#marks.length === 0) return Boolean(this.nothing?.checked);
    return this.#severities.length === 0 || this.#marks.every((mark) => mark.severity !== "");
  }

  get state(): unknown {
    return { marks: this.#marks.map((mark) => ({ ...mark })), nothing: this.nothing?.checked ?? false };
  }

  set state(kept: unknown) {
    const { marks, nothing } = kept as { marks: Mark[]; nothing: boolean };
    this.#marks = marks.map((mark) => ({ ...mark }));
    this.#pending = null;
    if (this.nothing) this.nothing.checked = nothing;
    this.#paint();
  }

  /** Take marks kept under this element's name, where the page came without any; returns whether there are any. */
  fill(values: Record<string, string | string[]>): boolean {
    const name = this.getAttribute("name") ?? "answer.spans";
    const at = (n: number, key: string): string => [values[`${name}.${n}.${key}`] ?? ""].flat()[0]!;
    this.#kept = [];
    for (let n = 0; at(n, "slot"); n += 1) {
      const [start, end] = [Number(at(n, "start")), Number(at(n, "end"))];
      if (end > start) this.#kept.push({ slot: at(n, "slot"), start, end, label: at(n, "label"), severity: at(n, "severity") });
    }
    if (this.#ready && this.#marks.length === 0) this.state = { marks: this.#kept, nothing: this.nothing?.checked ?? false };
    return this.#kept.length > 0;
  }

  enter(): void {
    (this.#words.find((text) => text.root === document.activeElement) ?? this.#words[0])?.enter();
  }

  press(key: string): boolean {
    const text = this.#words.find((one) => one.slot === key.toUpperCase());
    if (!text) return this.#chosen !== null && this.#key(key);
    text.enter();
    return true;
  }

  owns(target: Element): boolean {
    return this.contains(target) || this.#words.some((text) => text.root === target);
  }

  #start(): void {
    if (this.#ready) return;
    this.#ready = true;
    this.#texts = readTexts();
    const rows = [...this.querySelectorAll<HTMLElement>("fieldset.span")];
    const options = (name: string): Choice[] => [...(rows[0]?.querySelectorAll<HTMLOptionElement>(`select[name$=".${name}"] option`) ?? [])].filter((o) => o.value).map((o) => [o.value, o.textContent ?? ""]);
    this.#labels = options("label");
    this.#severities = options("severity");
    for (const row of rows) row.remove();
    const around = this.closest(".judging") ?? document;
    for (const card of around.querySelectorAll<HTMLElement>(".answer[data-slot]")) {
      const root = card.querySelector<HTMLElement>(".answer-words");
      if (!root) continue;
      const answer = card.querySelector(".answer-head")?.textContent?.trim() ?? card.dataset["slot"] ?? "";
      const text = new WordText(root, card.dataset["slot"] ?? "", { chosen: (chosen, by) => this.#choose(text, chosen, by), key: (key) => this.#key(key) }, this.#stop.signal);
      root.setAttribute("aria-label", say(this.#texts, "spans.words", { answer }));
      this.#words.push(text);
    }
    this.#marks = rows.map((row) => readRow(row, this.#words)).filter((mark): mark is Mark => mark !== null);
    if (this.#marks.length === 0) this.#marks = this.#kept;
    const nothing = this.nothing?.closest("label");
    this.insertBefore(this.#bar, nothing ?? null);
    this.insertBefore(h("p", { class: "label spans-title" }, say(this.#texts, "spans.list")), nothing ?? null);
    this.insertBefore(this.#list, nothing ?? null);
    this.append(this.#carriers, this.#told);
    this.nothing?.addEventListener("change", () => this.#paint());
    this.toggleAttribute("ready", true);
    this.#paint();
  }

  #choose(text: WordText, chosen: Chosen | null, by: string): void {
    for (const other of this.#words) if (other !== text) other.clear();
    this.#chosen = chosen;
    this.#pending = null;
    this.#paintBar();
    const mark = chosen && this.#markAt(chosen);
    if (chosen && by === "keyboard") setText(this.#told, mark ? say(this.#texts, "spans.at.marked", { words: chosen.words, label: this.#nameOf(mark) }) : chosen.words);
  }

  /** A digit marks what is chosen; Delete takes a mark away. */
  #key(key: string): boolean {
    const [label, severity] = /^[1-9]$/.test(key) ? [this.#labels[Number(key) - 1], this.#severities[Number(key) - 1]] : [];
    if (this.#pending && severity) this.#grade(severity[0]);
    else if (label && this.#chosen && !this.#pending) this.#mark(label[0]);
    else if ((key === "Delete" || key === "Backspace") && this.#chosen && this.#markAt(this.#chosen)) this.#remove(this.#markAt(this.#chosen)!);
    else return false;
    return true;
  }

  #mark(label: string): void {
    const chosen = this.#chosen;
    if (!chosen || this.#marks.length >= Number(this.dataset["most"] || 200)) return;
    let mark = this.#marks.find((m) => m.slot === chosen.slot && m.start === chosen.start && m.end === chosen.end);
    if (mark) mark.label = label;
    else this.#marks.push((mark = { slot: chosen.slot, start: chosen.start, end: chosen.end, label, severity: "" }));
    this.#pending = this.#severities.length > 0 ? mark : null;
    if (this.nothing) this.nothing.checked = false;
    this.#changed();
    if (!this.#pending) setText(this.#told, say(this.#texts, "spans.marked", { words: chosen.words, label: this.#labels.find(([key]) => key === label)?.[1] ?? "" }));
  }

  #grade(severity: string): void {
    this.#pending!.severity = severity;
    this.#pending = null;
    this.#changed();
  }

  #remove(mark: Mark): void {
    this.#pending = null;
    this.#marks = this.#marks.filter((one) => one !== mark);
    this.#changed();
    setText(this.#told, say(this.#texts, "spans.removed", { words: this.#wordsOf(mark) }));
  }

  #changed(): void {
    this.#paint();
    this.dispatchEvent(new Event("change", { bubbles: true }));
  }

  #markAt(chosen: Chosen): Mark | undefined {
    return this.#marks.find((mark) => mark.slot === chosen.slot && mark.start < chosen.end && mark.end > chosen.start);
  }

  #wordsOf(mark: Mark): string {
    return slice(this.#words.find((text) => text.slot === mark.slot)?.text ?? "", mark.start, mark.end);
  }

  #nameOf(mark: Mark): string {
    return this.#labels.find(([key]) => key === mark.label)?.[1] ?? mark.label;
  }

  #paint(): void {
    this.#marks = inOrder(this.#marks);
    for (const text of this.#words) text.paint(this.#marks, (mark) => this.#nameOf(mark));
    this.#paintBar();
    this.#list.replaceChildren(...(this.#marks.length > 0 ? this.#marks.map((mark) => this.#row(mark)) : [h("li", { class: "hint" }, say(this.#texts, "spans.none"))]));
    const name = this.getAttribute("name") ?? "answer.spans";
    this.#carriers.replaceChildren(...this.#marks.flatMap((mark, n) => Object.entries(mark).filter(([, value]) => value !== "").map(([key, value]) => h("input", { type: "hidden", name: `${name}.${n}.${key}`, value: String(value) }))));
  }

  #paintBar(): void {
    const chosen = this.#chosen;
    this.#bar.toggleAttribute("data-open", chosen !== null);
    if (!chosen) return this.#bar.replaceChildren(h("p", { class: "hint" }, say(this.#texts, "spans.pick.none")));
    const [choices, pick, key] = this.#pending ? ([this.#severities, (one: string) => this.#grade(one), "spans.grade"] as const) : ([this.#labels, (one: string) => this.#mark(one), "spans.pick"] as const);
    const buttons = choices.map(([value, words], n) => {
      const button = h("button", { type: "button", class: "chip" }, n < 9 ? h("kbd", {}, String(n + 1)) : null, words);
      button.addEventListener("click", () => {
        pick(value);
        this.#words.find((text) => text.slot === chosen.slot)?.root.focus({ preventScroll: true });
      });
      return button;
    });
    this.#bar.replaceChildren(h("p", { dir: "auto" }, say(this.#texts, key, { words: shorten(chosen.words) })), h("div", { class: "row" }, ...buttons));
    if (this.#pending) setText(this.#told, [say(this.#texts, key, { words: chosen.words }), ...choices.map(([, words], n) => `${n + 1} ${words}`)].join(", "));
  }

  #row(mark: Mark): HTMLElement {
    const words = this.#wordsOf(mark);
    const remove = h("button", { type: "button", class: "button quiet", "aria-label": say(this.#texts, "spans.remove", { words }) }, "×");
    remove.addEventListener("click", () => {
      const at = this.#marks.indexOf(mark);
      this.#remove(mark);
      const buttons = this.#list.querySelectorAll<HTMLElement>("button");
      (buttons[Math.min(at, buttons.length - 1)] ?? this.#words[0]?.root)?.focus();
    });
    const row = h("li", {}, h("span", { class: "spans-slot" }, mark.slot), h("span", { class: "spans-words", dir: "auto" }, `“${words}”`), h("span", { class: "spans-label" }, this.#nameOf(mark)));
    if (this.#severities.length > 0) row.append(this.#severity(mark, words));
    row.append(remove);
    return row;
  }

  #severity(mark: Mark, words: string): HTMLElement {
    const choose = h("select", { "aria-label": `${say(this.#texts, "spans.severity")}: ${words}` }, ...[["", say(this.#texts, "spans.choose")] as Choice, ...this.#severities].map(([key, name]) => h("option", { value: key, selected: key === mark.severity }, name)));
    choose.addEventListener("change", (event) => {
      event.stopPropagation();
      mark.severity = choose.value;
      const at = this.#marks.indexOf(mark);
      this.#changed();
      this.#list.querySelectorAll<HTMLElement>("select")[at]?.focus();
    });
    return choose;
  }
}

/** A row that came with the page: a mark where its offsets or its words say which. */
function readRow(row: HTMLElement, texts: WordText[]): Mark | null {
  const value = (name: string): string => row.querySelector<HTMLInputElement | HTMLSelectElement>(`[name$=".${name}"]`)?.value ?? "";
  const [slot, label, severity] = [value("slot"), value("label"), value("severity")];
  const text = texts.find((one) => one.slot === slot);
  const place = value("start") ? { start: Number(value("start")), end: Number(value("end")) } : text && placeOf(text.text, value("quote"), Number(value("occurrence")) || 1);
  return place ? { slot, ...place, label, severity } : null;
}

const shorten = (words: string): string => (words.length > 60 ? `${words.slice(0, 40)}…${words.slice(-15)}` : words);

customElements.define("mv-spans", MvSpans);
