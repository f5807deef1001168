import "./mv-mushra";
import "./mv-rank";
import "./mv-spans";
import "./mv-vas";
import { h, setText } from "../dom";
import { findQuestions } from "../judging/find";
import { applyGates, keepApart, keepOne } from "../judging/gates";
import { History } from "../judging/history";
import { isTyping, keyOf, slotKey } from "../judging/keys";
import { kindOf, show, type Question } from "../judging/question";
import { Recorder, type JudgeRecord } from "../judging/record";
import { keysAreOn, keysOf, makeReminder } from "../judging/reminder";
import { Strip } from "../judging/strip";
import { Own } from "../judging/widgets";
import { readTexts, say, type Texts } from "../texts";

/**
 * A judgement: the responses and the fragment that asks about them, made quick for keys and thumbs.
 *
 *     <mv-judge>
 *       <div class="answers" data-count="2"><article class="answer" id="answer-A" data-slot="A">…</article>…</div>
 *       <div class="asks">…the kind's fragment: questions whose names begin with `answer.`…</div>
 *     </mv-judge>
 *
 * Inside a `<form>`. Digits choose in the current question (the one with the focus, else the first that waits),
 * letters named by `data-key` too, arrows move, Enter sends, z or u takes the last choice back (on a page without one
 * it follows the page's `a[data-back]`), 0 and s do not answer.
 * Keys are never taken from somebody who types. What is missing is said before sending, once: the server decides.
 * `quiet` leaves the focus where it is (inside a conversation).
 *
 * Properties: `missing` (the first question without an answer, or null), `record` (paradata), `counts`.
 * Fires `judge-change` after every change.
 */
export class MvJudge extends HTMLElement {
  #texts: Texts = {};
  #questions: Question[] = [];
  #history!: History;
  #recorder = new Recorder();
  #strip: Strip | null = null;
  #count = h("p", { class: "judge-count" });
  #undo!: HTMLButtonElement;
  #told = h("p", { class: "hidden-text", role: "status" });
  #said = h("p", { class: "problem judge-said" });
  #keysOn = keysAreOn();
  #warned = "";
  #ready = false;
  #stop = new AbortController();

  connectedCallback(): void {
    this.#stop = new AbortController();
    // Children that came with it by innerHTML are made after it.
    queueMicrotask(() => this.isConnected && this.#start());
  }

  disconnectedCallback(): void {
    this.#stop.abort();
  }

  get missing(): Question | null {
    if (this.#none()?.answered()) return null;
    return this.#questions.find((q) => q.needed() && !q.answered()) ?? null;
  }

  get counts(): { done: number; all: number } {
    // That every text of a MUSHRA page was opened is needed, and is no answer.
    const needed = this.#questions.filter((q) => q.needed() && q.name !== "mushra");
    return { done: needed.filter((q) => q.answered()).length, all: needed.length };
  }

  get record(): JudgeRecord {
    return this.#recorder.read();
  }

  get cards(): HTMLElement[] {
    return [...this.querySelectorAll<HTMLElement>(".answer[data-slot]")];
  }

  /** Say what is missing beside it and aloud, and lead there; false when nothing is. */
  complain(): boolean {
    const missing = this.missing;
    if (!missing) return false;
    const { done, all } = this.counts;
    const sentence = say(this.#texts, `judge.missing.${kindOf(missing)}`);
    missing.root.toggleAttribute("data-missing", true);
    this.#said.textContent = sentence;
    const legend = missing.root.querySelector(":scope > :is(legend, label, .question)");
    if (legend) legend.after(this.#said);
    else if (missing.root.matches("input, textarea, select, mv-vas")) missing.root.before(this.#said);
    else missing.root.prepend(this.#said);
    missing.enter();
    // A live region that keeps its words is silent the second time.
    this.#told.textContent = "";
    window.setTimeout(() => setText(this.#told, all > 1 ? `${sentence} ${say(this.#texts, "judge.missing", { done, all })}` : sentence));
    return true;
  }

  #start(): void {
    const { signal } = this.#stop;
    if (!this.#ready) {
      this.#ready = true;
      this.#texts = readTexts();
      this.#questions = findQuestions(this);
      this.#history = new History(this.#questions);
      applyGates(this, this.#questions);
      this.#build();
    }
    this.#recorder.watch(this.cards, signal);
    for (const kind of ["change", "input"]) this.addEventListener(kind, (event) => this.#onChange(event), { signal });
    document.addEventListener("keydown", (event) => this.#onKey(event), { signal });
    // Before the form's own listeners: what is incomplete must not count as sent.
    document.addEventListener("submit", (event) => this.#onSubmit(event), { signal, capture: true });
    this.#paint();
    if (!this.hasAttribute("quiet")) this.#lead();
  }

  #build(): void {
    this.#undo = h("button", { type: "button", class: "button quiet judge-undo" }, say(this.#texts, "judge.undo"));
    this.#undo.addEventListener("click", () => this.#takeBack());
    const slots = this.cards.map((card) => card.dataset["slot"] ?? "");
    const reminder = makeReminder(this.#texts, keysOf(this.#questions, slots), (on) => (this.#keysOn = on));
    this.append(h("div", { class: "judge-tools" }, this.#count, this.#undo, reminder, this.#told));
    // A MUSHRA page has tabs, which are the same thing.
    if (this.cards.length === 0 || this.querySelector("mv-mushra")) return;
    this.#strip = new Strip(this.#texts);
    this.prepend(this.#strip.root);
  }

  /** A fresh page: texts at the top, the focus at its heading, so that keys and readers begin there. */
  #lead(): void {
    if (document.getElementById("errors") || document.activeElement !== document.body) return;
    const start = document.querySelector<HTMLElement>("[data-start]") ?? document.querySelector<HTMLElement>("main h1");
    if (!start) return;
    start.tabIndex = -1;
    start.focus({ preventScroll: true });
  }

  #none(): Question | null {
    return this.#questions.find((q) => q.name === "no_answer") ?? null;
  }

  #of(target: Element): Question | null {
    return this.#questions.find((q) => q.owns(target)) ?? null;
  }

  #current(target: Element): Question | null {
    const held = this.#of(target);
    if (held) return held.name === "no_answer" ? null : held;
    const asked = this.#questions.filter((q) => q.name !== "no_answer" && !q.root.closest("[hidden]"));
    return asked.find((q) => q.needed() && !q.answered()) ?? (asked.filter((q) => q.needed()).length === 1 ? asked.find((q) => q.needed()) : asked.at(-1)) ?? null;
  }

  #onChange(event: Event): void {
    const question = this.#of(event.target as Element);
    if (!question) return;
    keepApart(question, this.#questions);
    const none = this.#none();
    if (none === question) keepOne(none, event.target as HTMLInputElement);
    else if (none?.answered() && question.keep() !== null && !question.root.closest(".no-answer")) none.put("");
    applyGates(this, this.#questions);
    if (this.#history.note(question, performance.now())) this.#recorder.changed(question.slot);
    question.root.removeAttribute("data-missing");
    if (!this.querySelector("[data-missing]") || none?.answered()) this.#said.remove();
    this.#warned = "";
    this.#paint();
    this.dispatchEvent(new Event("judge-change", { bubbles: true }));
  }

  #onKey(event: KeyboardEvent): void {
    const target = event.target as HTMLElement;
    if (event.defaultPrevented || event.isComposing || !this.#isNear(target)) return;
    const commanded = event.ctrlKey || event.metaKey;
    if (event.key === "Enter" && (commanded || (!isTyping(target) && !target.closest("button:not(.rank-grip), a, summary")))) {
      event.preventDefault();
      if (!event.repeat) this.#send();
      return;
    }
    if (isTyping(target) || event.altKey) return;
    const key = keyOf(event);
    if (commanded ? key === "z" : this.#keysOn && this.#use(key, target)) {
      event.preventDefault();
      if (commanded) this.#takeBack();
    }
  }

  /** Use a key; false leaves it to the browser. */
  #use(key: string, target: HTMLElement): boolean {
    // A radio or a slider that has the focus moves by itself.
    if (key.startsWith("Arrow") && target.matches("input, .rank-grip")) return false;
    const current = this.#current(target);
    if (current?.press(key)) {
      if (!key.startsWith("Arrow")) this.#advance(current);
      return true;
    }
    const other = this.#questions.find((q) => q !== current && q instanceof Own && q.press(key));
    if (other) return true;
    const lower = key.toLowerCase();
    if (lower === "z" || lower === "u") return this.#takeBack() || this.#goBack();
    if (key === "0" || lower === "s") return this.#decline(lower);
    const slot = slotKey(key, this.cards);
    slot?.scrollIntoView({ block: "start" });
    slot?.focus({ preventScroll: true });
    return slot !== null;
  }

  /** After an answer by key, the focus goes on to the next question that waits. */
  #advance(from: Question): void {
    if (!from.answered() || !from.needed()) return;
    const order = this.#questions;
    const at = order.indexOf(from);
    const next = [...order.slice(at + 1), ...order.slice(0, at)].find((q) => q.needed() && !q.answered());
    next?.enter();
  }

  #decline(key: string): boolean {
    const none = this.#none();
    const ways = [...(none?.root.querySelectorAll<HTMLInputElement>('[name$="no_answer"]:not(:disabled)') ?? [])].filter((way) => way.value);
    const way = (key === "s" && ways.find((one) => one.value === "skip")) || ways[0];
    if (!way) return false;
    show(way, none!.root);
    way.checked = !way.checked;
    way.dispatchEvent(new Event("change", { bubbles: true }));
    return true;
  }

  #takeBack(): boolean {
    const question = this.#history.undo();
    if (!question) return false;
    this.#recorder.undone();
    applyGates(this, this.#questions);
    question.enter();
    setText(this.#told, say(this.#texts, "judge.undone"));
    this.#paint();
    // The form's draft hears of it as of any change.
    question.root.dispatchEvent(new Event("change", { bubbles: true }));
    this.dispatchEvent(new Event("judge-change", { bubbles: true }));
    return true;
  }

  /** Nothing is answered here yet: the last choice was made on the page before. */
  #goBack(): boolean {
    const link = document.querySelector<HTMLAnchorElement>(".actions a[data-back]");
    if (!link || this.#history.length > 0 || this.counts.done > 0 || this.#none()?.answered()) return false;
    link.click();
    return true;
  }

  #send(): void {
    const form = this.closest("form");
    const main = [...(form?.elements ?? [])].find((e): e is HTMLButtonElement => e instanceof HTMLButtonElement && e.type === "submit" && e.classList.contains("primary"));
    form?.requestSubmit(main && !main.disabled ? main : null);
  }

  #onSubmit(event: SubmitEvent): void {
    if (event.target !== this.closest("form") || (event.submitter as HTMLButtonElement | null)?.formNoValidate) return;
    const missing = this.missing;
    // Asked for a second time without a change it is sent: only the server knows what is complete.
    if (!missing || this.#warned === missing.name) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    this.complain();
    this.#warned = missing.name;
  }

  /** Keys of the page's own menus are theirs. */
  #isNear(target: Element): boolean {
    return target === document.body || target === document.documentElement || target.contains(this) || this.contains(target) || Boolean(target.closest("main, .foot") && !target.closest("details.menu, .write"));
  }

  #paint(): void {
    const { done, all } = this.counts;
    const declined = this.#none()?.answered() ?? false;
    setText(this.#count, all > 1 ? say(this.#texts, "judge.count", { done, all }) : "");
    this.#undo.disabled = this.#history.length === 0;
    this.toggleAttribute("data-complete", this.missing === null);
    this.toggleAttribute("data-declined", declined);
    if (!this.#strip) return;
    const stops = this.cards.map((card) => {
      const own = this.#questions.filter((q) => q.slot === card.dataset["slot"] && q.needed());
      card.id ||= `answer-${card.dataset["slot"] ?? ""}`;
      card.tabIndex = -1;
      return { element: card, words: card.dataset["slot"] ?? "", done: own.length > 0 && own.every((q) => q.answered()) };
    });
    const below = this.#questions.find((q) => q.needed() && !q.root.closest(".answer"))?.root;
    if (below) {
      below.id ||= "judgement";
      stops.push({ element: below, words: say(this.#texts, "judge.strip.answer"), done: this.missing === null });
    }
    // One answer and nothing below it: there is nowhere to jump to.
    this.#strip.paint(stops.length > 1 ? stops : []);
  }
}

customElements.define("mv-judge", MvJudge);
