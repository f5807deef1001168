/** What a talk has besides its words: the line, the actions that are under way, and what is told of both. */

import { h, setText } from "../dom";
import { clock, say, type Texts } from "../texts";
import { Link, type Action } from "./link";
import { Outbox } from "./outbox";
import type { Event } from "./state";

export interface WireHandlers {
  event(event: Event): void;
  waiting(): boolean;
  /** The talk is open elsewhere: nothing can be said here any more. */
  gone(): void;
  reload(): void;
}

/**
 * A talk's line with its outbox. `host` has the addresses `socket` and `twin`; `id` is the talk's, so that a browser that
 * several people use keeps nobody another's actions. `notice` stands on the page and tells of the line; `#save-state`
 * tells whether everything has arrived.
 */
export class Wire {
  readonly notice = h("div", { class: "chat-notice", role: "status" });
  readonly #link: Link;
  readonly #outbox: Outbox;
  readonly #texts: Texts;
  readonly #on: WireHandlers;
  #lost = false;

  constructor(host: HTMLElement, id: string, texts: Texts, on: WireHandlers) {
    this.#texts = texts;
    this.#on = on;
    this.#outbox = new Outbox(`mv:outbox:${id}`);
    this.#link = new Link(host.getAttribute("socket") ?? "", host.getAttribute("twin") ?? "", {
      event: (event) => on.event(event),
      ready: () => this.#onReady(),
      lost: () => this.#onLost(),
      gone: () => this.#onGone(),
      waiting: () => on.waiting(),
    });
  }

  get pending(): readonly Action[] {
    return this.#outbox.pending;
  }

  start(): void {
    this.#link.start();
  }

  stop(): void {
    this.#link.stop();
  }

  resync(): void {
    this.#link.resync();
  }

  /** Send what must not be lost: it is kept until the server names its key. */
  do(action: Action): void {
    setText(this.notice, this.#lost ? say(this.#texts, "lost") : "");
    this.#link.send(this.#outbox.add(action));
    this.#tellSaved();
  }

  /** Send what may be lost. */
  send(action: Action): void {
    this.#link.send(action);
  }

  has(what: string): boolean {
    return this.#outbox.has(what);
  }

  /** The server has answered this key, also with a refusal; returns the action it belonged to. */
  settle(key: string | null | undefined): Action | undefined {
    const action = this.#outbox.settle(key);
    this.#tellSaved();
    return action;
  }

  /** Tell why something was refused, where no field can say it, and read the whole state again. */
  refuse(message: string): void {
    this.notice.replaceChildren(h("p", { class: "note warm" }, message));
    this.#link.resync();
  }

  #tellSaved(): void {
    const line = document.getElementById("save-state");
    if (!line) return;
    const state = this.#lost ? "unsaved" : this.pending.length > 0 ? "saving" : "saved";
    line.dataset["state"] = state;
    setText(line, state === "saved" ? `${line.dataset["saved"] ?? ""} ${clock(new Date())}` : (line.dataset[state] ?? ""));
  }

  #onReady(): void {
    for (const action of this.pending) this.#link.send(action);
    if (this.#lost) setText(this.notice, say(this.#texts, "back"));
    this.#lost = false;
    this.#tellSaved();
  }

  #onLost(): void {
    this.#lost = true;
    setText(this.notice, say(this.#texts, "lost"));
    this.#tellSaved();
  }

  #onGone(): void {
    const here = h("button", { type: "button", class: "button primary" }, say(this.#texts, "elsewhere.here"));
    here.addEventListener("click", () => this.#on.reload());
    this.notice.replaceChildren(h("div", { class: "note warm" }, h("p", {}, say(this.#texts, "elsewhere")), here));
    this.#on.gone();
  }
}
