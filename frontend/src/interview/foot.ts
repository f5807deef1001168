/** Under the talk: what to do when no answer came, when a card can be asked for, and how to leave without one. */

import { h } from "../dom";
import { say, type Texts } from "../texts";
import type { Talk } from "./state";

const SLOW = 20_000;

export interface FootHandlers {
  retry(): void;
  propose(): void;
  byHand(): void;
  stop(): void;
  notMeant(): void;
}

export class Foot {
  readonly root = h("div", { class: "interview-foot" });
  #status = h("div", { role: "status" });
  #row = h("div", { class: "row" });
  #painted = "";
  #timer = 0;

  constructor(
    readonly texts: Texts,
    readonly on: FootHandlers,
  ) {
    this.root.append(this.#status, this.#row);
  }

  stop(): void {
    window.clearTimeout(this.#timer);
  }

  paint(talk: Talk, busy: boolean): void {
    const painted = JSON.stringify([talk.phase, talk.waiting, talk.may_propose, talk.may_write, talk.may_say, talk.may_stop, talk.accepted, busy, talk.card !== null, talk.messages.length > 1]);
    if (painted === this.#painted) return;
    this.#painted = painted;
    window.clearTimeout(this.#timer);
    this.#status.replaceChildren(...(talk.phase === "failed" ? [h("p", { class: "note warm" }, say(this.texts, talk.waiting === "card" ? "failed.card" : "failed"))] : []));
    if (talk.phase === "answering") this.#timer = window.setTimeout(() => this.#status.replaceChildren(h("p", { class: "note warm" }, say(this.texts, "slow"))), SLOW);
    const buttons: HTMLElement[] = [];
    const add = (key: string, does: () => void, kind = ""): void => {
      const button = h("button", { type: "button", class: `button ${kind}`.trim(), disabled: busy }, say(this.texts, key));
      button.addEventListener("click", does);
      buttons.push(button);
    };
    if (talk.phase === "failed") add("retry", () => this.on.retry(), "primary");
    if (talk.may_say && talk.messages.length > 1) add("not_meant", () => this.on.notMeant());
    if (talk.may_propose) add("propose", () => this.on.propose());
    if (talk.may_write && !talk.card) add("by_hand", () => this.on.byHand());
    if (talk.may_stop && talk.phase !== "answering") add(talk.accepted ? "keep" : "stop", () => this.on.stop(), "quiet");
    this.#row.replaceChildren(...buttons);
  }
}
