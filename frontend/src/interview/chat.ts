/** What was said, and what is being said just now. Streamed words are no live region; whole ones are announced once. */

import { h, setText } from "../dom";
import { clock, say, type Texts } from "../texts";
import { streaming, type Message, type Talk } from "./state";

export class Chat {
  readonly root = h("div", { class: "interview-said" });
  #coming = h("div", { class: "said them coming", hidden: true });
  #words = h("p", { class: "said-text", dir: "auto" });
  #known = new Set<string>();

  constructor(readonly texts: Texts) {
    this.#coming.append(h("p", { class: "said-who" }, say(texts, "interviewer")), this.#words);
    this.root.append(this.#coming);
  }

  /** Paint the talk; returns the messages of others that are new since the last time. */
  paint(talk: Talk): Message[] {
    const fresh: Message[] = [];
    for (const message of talk.messages) {
      if (this.#known.has(message.id)) continue;
      this.#known.add(message.id);
      this.#coming.before(this.#message(message));
      if (message.role !== "person") fresh.push(message);
    }
    this.stream(talk);
    return fresh;
  }

  stream(talk: Talk): void {
    this.#coming.hidden = talk.phase !== "answering";
    const text = streaming(talk);
    this.#words.classList.toggle("waiting-words", text === "");
    setText(this.#words, text || say(this.texts, talk.waiting === "card" ? "writing.card" : "writing"));
  }

  #message(message: Message): HTMLElement {
    const mine = message.role === "person";
    const who = say(this.texts, mine ? "you" : message.role === "help" ? "help" : "interviewer");
    const head = h("p", { class: "said-who" }, who, h("span", { class: "said-when" }, clock(new Date(message.at))));
    if (message.simulated) head.append(h("span", { class: "tag" }, say(this.texts, "simulated")));
    return h("div", { class: `said ${mine ? "you" : "them"}${message.role === "help" ? " help" : ""}` }, head, h("p", { class: "said-text", dir: "auto" }, message.text));
  }
}
