import type { Action } from "../conversation/link";
import type { Event } from "../conversation/state";
import { Wire } from "../conversation/wire";
import { h } from "../dom";
import { Chat } from "../interview/chat";
import { Foot } from "../interview/foot";
import { Panel } from "../interview/panel";
import { stream, type State, type Talk } from "../interview/state";
import { Writer } from "../interview/writer";
import { readTexts, say, type Texts } from "../texts";

/**
 * An interview that ends in a values card: the talk on one side, the card beside it.
 *
 *     <mv-interview socket="/ws/live/my-study/interview/" twin="/live/my-study/interview/" longest="2000">
 *       <script type="application/json" id="interview-state">{"stage": …, "conversation": {…}}</script>
 *       <script type="application/json" class="texts">{"send": "Send", …}</script>
 *       <noscript>…</noscript>
 *     </mv-interview>
 *
 * The state is painted as the server tells it; actions carry keys that are kept until the server names them. When the
 * card is accepted the page is loaded again, and the server paints what comes next.
 */
export class MvInterview extends HTMLElement {
  #texts: Texts = {};
  #talk: Talk | null = null;
  #wire!: Wire;
  #chat!: Chat;
  #writer!: Writer;
  #panel!: Panel;
  #foot!: Foot;
  #said!: HTMLElement;
  #dots = h("p", { class: "turn-dots" });
  #jump!: HTMLButtonElement;
  #spoken = h("div", { class: "hidden-text", role: "status", "aria-atomic": "false" });
  #version = 0;
  #sight: IntersectionObserver | null = null;

  connectedCallback(): void {
    if (this.#talk) return;
    const state = JSON.parse(this.querySelector("#interview-state")?.textContent || "null") as State | null;
    if (!state?.conversation) return;
    const texts = (this.#texts = readTexts(document));
    const longest = Number(this.getAttribute("longest") ?? 2000);
    this.#wire = new Wire(this, state.conversation.id, texts, {
      event: (event) => this.#onEvent(event),
      waiting: () => this.#talk?.phase === "answering",
      gone: () => (this.#writer.root.hidden = true),
      reload: () => this.reload(),
    });
    this.#chat = new Chat(texts);
    this.#writer = new Writer(texts, { id: "interview-say", label: say(texts, "say"), send: say(texts, "send"), primary: true, longest, place: `mv:writing:${state.conversation.id}` }, { send: (text) => this.#do({ do: "say", text }), draft: (text) => this.#wire.send({ do: "draft", text }) });
    this.#panel = new Panel(texts, longest, `mv:hand:${state.conversation.id}`, {
      accept: (version, names_are_fine) => this.#do({ do: "accept", version, names_are_fine }),
      change: (text) => this.#do({ do: "change", text }),
      write: (card) => this.#do({ do: "write", ...card }),
    });
    this.#foot = new Foot(texts, {
      retry: () => this.#do({ do: "retry" }),
      propose: () => this.#do({ do: "propose" }),
      byHand: () => this.#panel.write(),
      stop: () => this.#stop(),
      notMeant: () => this.#notMeant(),
    });
    this.#jump = h("button", { type: "button", class: "button card-jump", hidden: true }, say(texts, "card"));
    this.#jump.addEventListener("click", () => {
      this.#jump.classList.remove("changed");
      this.#panel.focus();
    });
    this.#said = h("section", { class: "interview-talk", "aria-label": say(texts, "talk") }, this.#dots, this.#chat.root, this.#writer.root, this.#foot.root);
    this.append(this.#wire.notice, h("div", { class: "interview" }, this.#said, this.#panel.root), this.#jump, this.#spoken);
    // The way to the card is offered where the card is out of sight.
    if ("IntersectionObserver" in window) {
      this.#sight = new IntersectionObserver((seen) => this.#jump.classList.toggle("in-sight", seen.at(-1)?.isIntersecting ?? false));
      this.#sight.observe(this.#panel.root);
    }
    this.#version = state.conversation.card?.version ?? 0;
    this.#take(state.conversation, true);
    this.#writer.restore(state.conversation.draft);
    this.#wire.start();
  }

  disconnectedCallback(): void {
    this.#wire?.stop();
    this.#foot?.stop();
    this.#sight?.disconnect();
  }

  /** Load the page again; apart, so that a test can watch it. */
  reload(): void {
    window.location.reload();
  }

  #onEvent(event: Event): void {
    if (event.type === "state") return this.#onState(event.state as unknown as State, event.key);
    if (event.type === "refused") return this.#onRefused(event);
    if (!this.#talk || !("slot" in event)) return;
    if (event.type === "text" && !stream(this.#talk, event.at, event.text)) return this.#wire.resync();
    if (event.type === "replaced") stream(this.#talk, 0, "");
    this.#chat.stream(this.#talk);
  }

  #onState(state: State, key: string | null | undefined): void {
    const settled = this.#wire.settle(key);
    if (!state.conversation) {
      if (this.#panel.unsaved && !settled) return this.#acceptedElsewhere();
      this.#wire.stop();
      return this.reload();
    }
    if (settled?.do === "say") this.#writer.clear();
    if (settled?.do === "change") this.#panel.change.clear();
    if (settled?.do === "write") this.#panel.saved();
    const before = this.#talk?.phase;
    this.#take(state.conversation, false);
    this.#follow(before, settled);
  }

  /** Another window accepted the card while it is being changed here: nothing is lost, and there is a way on. */
  #acceptedElsewhere(): void {
    const { id } = this.#talk!;
    const way = (key: string, kind: string, does: () => void): HTMLElement => {
      const button = h("button", { type: "button", class: `button ${kind}`.trim() }, say(this.#texts, key));
      button.addEventListener("click", does);
      return button;
    };
    const on = way("hand.go_on", "primary", () => this.#do({ do: "reopen", interview: id }));
    const leave = way("hand.leave", "", () => {
      this.#panel.hand.forget();
      this.reload();
    });
    this.#panel.hand.busy(true);
    this.#wire.notice.replaceChildren(h("div", { class: "note warm" }, h("p", {}, say(this.#texts, "hand.elsewhere")), h("div", { class: "row" }, on, leave)));
    this.#wire.notice.scrollIntoView({ block: "center" });
  }

  #take(talk: Talk, first: boolean): void {
    this.#talk = talk;
    const busy = this.#wire.pending.length > 0;
    const fresh = this.#chat.paint(talk);
    if (!first) for (const message of fresh) this.#spoken.append(h("p", { dir: "auto" }, message.text));
    this.#writer.root.hidden = !talk.may_say;
    this.#writer.busy(busy);
    this.#panel.paint(talk, busy);
    this.#foot.paint(talk, busy);
    const home = talk.card ? this.#panel.root : this.#said;
    if (this.#foot.root.parentElement !== home) home.append(this.#foot.root);
    this.#jump.hidden = !talk.card;
    this.#paintDots(talk);
    this.dataset["phase"] = talk.phase;
  }

  /** Lead the focus where the person's own action took the talk: to the card when it is new, else to the field. */
  #follow(before: string | undefined, settled: Action | undefined): void {
    const talk = this.#talk;
    if (!talk) return;
    const version = talk.card?.version ?? 0;
    if (version > this.#version) {
      this.#version = version;
      this.#jump.classList.add("changed");
      return this.#panel.focus();
    }
    if (settled?.do === "say") this.#chat.root.lastElementChild?.scrollIntoView({ block: "nearest" });
    if (before === "answering" && talk.may_say) this.#writer.field.focus({ preventScroll: true });
  }

  #paintDots(talk: Talk): void {
    const told = say(this.#texts, "turns", { used: talk.turns_used, all: talk.turns_all });
    if (this.#dots.dataset["told"] === told) return;
    this.#dots.dataset["told"] = told;
    const dots = Array.from({ length: talk.turns_all }, (_, n) => h("span", { class: n < talk.turns_used ? "dot used" : "dot" }));
    this.#dots.replaceChildren(h("span", { class: "dots", "aria-hidden": "true" }, ...dots), h("span", { class: "hint" }, told));
  }

  #do(action: Action): void {
    this.#writer.complain("");
    this.#wire.do(action);
    if (this.#talk) this.#take(this.#talk, false);
  }

  #stop(): void {
    if (this.#talk?.accepted || window.confirm(say(this.#texts, "stop.sure"))) this.#do({ do: "stop" });
  }

  #notMeant(): void {
    const begin = say(this.#texts, "not_meant.begin");
    if (!this.#writer.field.value.startsWith(begin)) this.#writer.field.value = `${begin} ${this.#writer.field.value}`;
    this.#writer.field.focus();
  }

  #onRefused(event: Extract<Event, { type: "refused" }>): void {
    const action = this.#wire.settle(event.key);
    if (!action) return;
    if (this.#talk) this.#take(this.#talk, false);
    if (action.do === "say") return this.#writer.complain(event.message);
    if (action.do === "change") return this.#panel.change.complain(event.message);
    if (action.do === "write") return this.#panel.hand.complain(event.message, event.fields ?? {});
    this.#wire.refuse(event.message);
  }
}

customElements.define("mv-interview", MvInterview);
