/** One turn on the page: the prompt, then its answers to judge, then the one the conversation went on with. */

import { h, setText } from "../dom";
import { clock, say, type Texts } from "../texts";
import { Card } from "./card";
import { FormPanel } from "./form-panel";
import { makePanel, type Given, type Panel } from "./panels";
import type { Answer, Turn } from "./state";

export interface TurnHandlers {
  judge(turn: Turn, given: Given, paradata: Record<string, unknown>): void;
  breakTie(turn: Turn, slot: string): void;
  announce(sentence: string): void;
}

export class TurnView {
  readonly root: HTMLElement;
  #body = h("div", { class: "turn-body" });
  #cards = new Map<string, Card>();
  #grid = h("div", { class: "answers" });
  #strip = h("nav", { class: "strip" });
  #foot = h("div", { class: "judge-foot" });
  #told = h("p", { class: "judge-instruction", dir: "auto" });
  #send: HTMLButtonElement;
  #count = h("p", { class: "judge-count" });
  #missing = h("p", { class: "problem judge-said", hidden: true });
  #panel: Panel;
  #painted = "";
  #openedAt: number | null = null;
  #sent = false;
  turn: Turn;

  constructor(
    turn: Turn,
    readonly texts: Texts,
    readonly on: TurnHandlers,
  ) {
    this.turn = turn;
    const who = `turn-${turn.id}`;
    this.root = h(
      "section",
      { class: "turn", id: who, tabindex: -1, "aria-labelledby": `${who}-you` },
      h(
        "div",
        { class: "said you" },
        h("h2", { class: "said-who", id: `${who}-you` }, say(texts, "you"), h("span", { class: "said-when" }, say(texts, "sent", { time: clock(new Date(turn.sent_at)) }))),
        h("p", { class: "said-text", dir: "auto" }, turn.prompt),
      ),
      this.#body,
    );
    this.#send = h("button", { type: "button", class: "button primary" }, this.#words("send"));
    this.#send.addEventListener("click", () => (this.#panel instanceof FormPanel ? this.#panel.root.requestSubmit() : this.#onSend()));
    this.#told.textContent = turn.protocol.instruction || this.#words("instruction");
    this.#strip.setAttribute("aria-label", say(texts, "strip"));
    this.#panel = makePanel(turn, texts, () => this.#paintProgress(), () => this.#onSend());
  }

  /** Take the turn as the server tells it now; `held` while an action about it waits for the server. */
  paint(turn: Turn, held: boolean): void {
    this.turn = turn;
    this.#sent = held;
    const shape = turn.state === "judged" ? "judged" : turn.state === "failed" && turn.answers.length === 0 ? "failed" : "answers";
    if (shape !== this.#painted) {
      this.#painted = shape;
      if (shape === "judged") this.#body.replaceChildren(...this.#judged());
      else if (shape === "failed") this.#body.replaceChildren();
      else this.#body.replaceChildren(this.#strip, this.#told, this.#grid, this.#panel.root, this.#foot);
    }
    if (shape === "answers") this.#paintAnswers();
  }

  /** One answer changed: nothing else is touched. */
  paintAnswer(answer: Answer): void {
    this.#cards.get(answer.slot)?.paint(answer);
    if (answer.state !== "streaming") this.#open();
  }

  #paintAnswers(): void {
    const { turn } = this;
    for (const answer of turn.answers) {
      let card = this.#cards.get(answer.slot);
      if (!card) {
        card = new Card(answer.slot, `answer-${turn.id}-${answer.slot}`, this.texts);
        this.#cards.set(answer.slot, card);
        const next = [...this.#cards.values()].sort((a, b) => a.slot.localeCompare(b.slot));
        this.#grid.insertBefore(card.root, next[next.indexOf(card) + 1]?.root ?? null);
      }
      card.paint(answer);
    }
    for (const [slot, card] of this.#cards) {
      if (turn.answers.some((answer) => answer.slot === slot)) continue;
      card.root.remove();
      this.#cards.delete(slot);
    }
    this.#grid.dataset["count"] = String(this.#cards.size);
    this.#open();
    this.#panel.freeze(this.#sent || turn.state === "tie");
    this.#paintFoot();
  }

  #open(): void {
    if (this.turn.state === "judging" || this.turn.state === "answering") this.#panel.open(this.turn, [...this.#cards.values()]);
    const covered = this.#panel.covers;
    for (const part of [this.#strip, this.#told, this.#grid]) part.hidden = covered;
    if (this.turn.state === "judging" && this.#openedAt === null) this.#openedAt = performance.now();
    this.#paintProgress();
  }

  #paintFoot(): void {
    const { turn } = this;
    const tied = turn.state === "tie" ? (turn.tied ?? []) : [];
    if (tied.length > 0) {
      if (this.#foot.dataset["tie"] === tied.join()) return;
      this.#foot.dataset["tie"] = tied.join();
      const picks = tied.map((slot) => {
        const button = h("button", { type: "button", class: "button" }, say(this.texts, "tie.pick", { slot }));
        button.addEventListener("click", () => this.on.breakTie(this.turn, slot));
        return button;
      });
      const question = h("p", { class: "tie-question", tabindex: -1 }, say(this.texts, "tie"));
      const hadFocus = this.root.contains(document.activeElement);
      this.#foot.replaceChildren(h("div", { class: "note tie" }, question, h("div", { class: "row" }, ...picks)));
      if (hadFocus) question.focus();
    } else if (!this.#foot.contains(this.#send)) {
      this.#foot.replaceChildren(this.#missing, this.#send, this.#count);
    }
    for (const button of this.#foot.querySelectorAll<HTMLButtonElement>(".tie button")) button.disabled = this.#sent;
    this.#foot.hidden = turn.state === "failed";
  }

  #paintProgress(): void {
    const judged = this.#panel.judged();
    if (!this.#missing.hidden) {
      if (this.#panel.answer()) this.#missing.hidden = true;
      else setText(this.#missing, this.#lacking());
    }
    const all = this.turn.answers.filter((answer) => answer.state !== "failed");
    this.#send.disabled = this.turn.state !== "judging" || this.#sent;
    setText(this.#count, this.turn.protocol.kind === "vas" && !(this.#panel instanceof FormPanel) ? say(this.texts, "rated", { done: judged.length, all: all.length }) : "");
    const links = [...this.#cards.values()].map((card) => {
      const done = judged.includes(card.slot);
      const [mark, word] = done ? ["✓", "strip.rated"] : card.state === "complete" ? ["○", "strip.ready"] : card.state === "failed" ? ["–", "gone"] : ["…", "strip.writing"];
      return h("a", { href: `#${card.root.id}`, "data-done": done }, card.slot, " ", h("span", { "aria-hidden": "true" }, mark), h("span", { class: "hidden-text" }, say(this.texts, word!)));
    });
    // Rebuilt only when something changed: the strip may hold the focus.
    const look = links.map((link) => link.textContent).join("|");
    if (look !== this.#strip.dataset["look"]) {
      this.#strip.dataset["look"] = look;
      this.#strip.replaceChildren(...links);
    }
  }

  #onSend(): void {
    if (this.#send.disabled) return;
    const given = this.#panel.answer();
    if (given === null) {
      const missing = this.#panel.missing();
      missing?.scrollIntoView({ block: "center" });
      missing?.focus({ preventScroll: true });
      const sentence = this.#lacking();
      setText(this.#missing, sentence);
      this.#missing.hidden = false;
      this.on.announce(sentence);
      return;
    }
    const ms = Math.round(performance.now() - (this.#openedAt ?? performance.now()));
    this.on.judge(this.turn, given, { ms, ...this.#panel.paradata() });
  }

  /** What is missing, in a sentence. */
  #lacking(): string {
    const { kind } = this.turn.protocol;
    const n = this.turn.answers.filter((answer) => answer.state !== "failed").length - this.#panel.judged().length;
    const own = [`missing.${kind}.${n}`, `missing.${kind}`].find((key) => key in this.texts);
    return own ? say(this.texts, own, { n }) : this.#words("instruction");
  }

  /** The words for this way of asking, or those for any. */
  #words(what: string): string {
    const own = `${what}.${this.turn.protocol.kind}`;
    return say(this.texts, own in this.texts ? own : `${what}.any`);
  }

  #judged(): HTMLElement[] {
    const chosen = this.turn.answers.find((answer) => answer.chosen);
    const others = this.turn.answers.filter((answer) => answer !== chosen && answer.text);
    const parts: HTMLElement[] = [];
    if (chosen) {
      const who = h("p", { class: "said-who" }, say(this.texts, "answer", { slot: chosen.slot }), this.#tag(chosen), h("span", { class: "said-when" }, say(this.texts, "chosen")));
      parts.push(h("div", { class: "said them" }, who, h("p", { class: "said-text", dir: "auto" }, chosen.text)));
    }
    if (others.length > 0) {
      const list = others.map((answer) =>
        h("div", { class: "other-answer" }, h("p", { class: "said-who" }, say(this.texts, "answer", { slot: answer.slot }), this.#tag(answer)), h("p", { class: "said-text", dir: "auto" }, answer.text)),
      );
      parts.push(h("details", { class: "others" }, h("summary", {}, say(this.texts, "others", { count: others.length })), ...list));
    }
    return parts;
  }

  #tag(answer: Answer): HTMLElement | null {
    return answer.simulated ? h("span", { class: "tag", title: say(this.texts, "simulated.title") }, say(this.texts, "simulated")) : null;
  }
}
