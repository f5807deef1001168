/** What is said while answers do not come: a note after 20 seconds, an offer after 60, a way on when they failed. */

import { h } from "../dom";
import { say, type Texts } from "../texts";
import type { Turn } from "./state";

const SLOW = 20_000;
const LATE = 60_000;

export class Patience {
  readonly root = h("div", { class: "patience", role: "status" });
  #turn: Turn | null = null;
  #since = 0;
  #shown = "";
  #timer = 0;

  constructor(
    readonly texts: Texts,
    readonly on: { retry(turn: Turn): void; giveUp(): void },
  ) {}

  /** Watch the newest turn; the time counts from when it was sent, so that a reload does not start it anew. */
  watch(turn: Turn | null): void {
    if (turn?.id !== this.#turn?.id) {
      const sent = turn ? Date.now() - Date.parse(turn.sent_at) : 0;
      // A clock that runs wrong by more than ten minutes says nothing.
      this.#since = performance.now() - (sent > 0 && sent < 600_000 ? sent : 0);
    }
    this.#turn = turn;
    this.#look();
    window.clearInterval(this.#timer);
    if (turn?.state === "answering") this.#timer = window.setInterval(() => this.#look(), 1000);
  }

  stop(): void {
    window.clearInterval(this.#timer);
  }

  /** Begin to wait anew, after "try again". */
  again(): void {
    this.#since = performance.now();
    this.#look();
  }

  #look(): void {
    const waited = performance.now() - this.#since;
    const state = this.#turn?.state;
    const show = state === "failed" ? "failed" : state !== "answering" ? "" : waited >= LATE ? "late" : waited >= SLOW ? "slow" : "";
    if (show === this.#shown) return;
    this.#shown = show;
    this.root.replaceChildren(...(show ? [this.#note(show)] : []));
  }

  #note(show: string): HTMLElement {
    const note = h("div", { class: "note warm" }, h("p", {}, say(this.texts, show)));
    if (show === "slow") return note;
    const retry = h("button", { type: "button", class: "button" }, say(this.texts, "retry"));
    retry.addEventListener("click", () => this.#turn && this.on.retry(this.#turn));
    const row = h("div", { class: "row" }, retry);
    if (show === "failed") {
      const end = h("button", { type: "button", class: "button" }, say(this.texts, "give_up"));
      end.addEventListener("click", () => this.on.giveUp());
      row.append(end);
    }
    note.append(row);
    return note;
  }
}
