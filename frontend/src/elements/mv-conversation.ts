import { Composer } from "../conversation/composer";
import type { Action } from "../conversation/link";
import { Patience } from "../conversation/patience";
import { applyToAnswer, merge, type Conversation, type Event, type State } from "../conversation/state";
import { TurnView } from "../conversation/turn-view";
import { Wire } from "../conversation/wire";
import { h } from "../dom";
import { readTexts, say, type Texts } from "../texts";

/**
 * A conversation in which every message gets several answers, which are judged before it goes on.
 *
 *     <mv-conversation socket="/ws/live/my-study/talk/" twin="/live/my-study/talk/" longest="4000">
 *       <script type="application/json" id="chat-state">{"stage": …, "conversation": {…}}</script>
 *       <script type="application/json" class="texts">{"send": "Send", …}</script>
 *       <details class="inspiration">…</details>      optional, moved above the field
 *       <noscript>…</noscript>
 *     </mv-conversation>
 *
 * The state is painted as the server tells it; actions carry keys made here, which are kept until the server names
 * them. Streamed words are no live region: a finished answer is announced once. When the conversation is finished the
 * page is loaded again, and the server paints what comes next.
 */
export class MvConversation extends HTMLElement {
  #texts: Texts = {};
  /** Under the conversation's id: a browser that several people use shows nobody another's words. */
  #place = "";
  #talk: Conversation | null = null;
  #wire!: Wire;
  #composer!: Composer;
  #patience!: Patience;
  #turns = h("div", { class: "turns" });
  #views = new Map<string, TurnView>();
  #spoken = h("div", { class: "hidden-text", role: "status", "aria-atomic": "false" });
  #done = new Set<string>();
  #drafted: string | null = null;
  #awayAt = 0;
  #away = 0;
  #stop = new AbortController();

  connectedCallback(): void {
    if (this.#talk) return;
    const state = JSON.parse(this.querySelector("#chat-state")?.textContent || "null") as State | null;
    if (!state?.conversation) return;
    this.#texts = readTexts(document);
    this.#wire = new Wire(this, state.conversation.id, this.#texts, {
      event: (event) => this.#onEvent(event),
      waiting: () => this.#talk?.phase === "answering",
      gone: () => (this.#composer.root.hidden = true),
      reload: () => this.reload(),
    });
    this.#place = `mv:chat:${state.conversation.id}`;
    this.#patience = new Patience(this.#texts, {
      retry: (turn) => {
        this.#patience.again();
        this.#do({ do: "retry", turn: turn.id });
      },
      giveUp: () => this.#do({ do: "give_up" }),
    });
    const extra = this.querySelector(".inspiration");
    this.#composer = new Composer(this.#texts, { say: (text, paradata) => this.#say(text, paradata), finish: () => this.#do({ do: "finish" }), draft: (text) => this.#draft(text) }, Number(this.getAttribute("longest") ?? 4000), extra);
    this.append(this.#wire.notice, this.#turns, this.#patience.root, this.#composer.root, this.#spoken);
    for (const turn of state.conversation.turns) for (const answer of turn.answers) if (answer.state === "complete") this.#done.add(turn.id + answer.slot);
    this.#take(state.conversation);
    this.#composer.restore(this.#kept() || state.conversation.draft);
    const { signal } = this.#stop;
    document.addEventListener("visibilitychange", () => this.#onSight(), { signal });
    this.#wire.start();
  }

  disconnectedCallback(): void {
    this.#stop.abort();
    this.#wire?.stop();
    this.#patience?.stop();
  }

  /** Load the page again; apart, so that a test can watch it. */
  reload(): void {
    window.location.reload();
  }

  #onEvent(event: Event): void {
    if (event.type === "state") return this.#onState(event.state, event.key);
    if (event.type === "refused") return this.#onRefused(event.message, event.key);
    if (event.type === "pong" || !this.#talk || !("slot" in event)) return;
    const answer = applyToAnswer(this.#talk, event);
    if (answer === "gap") return this.#wire.resync();
    if (!answer) return;
    this.#views.get(event.turn)?.paintAnswer(answer);
    if (event.type === "answer") this.#announceAnswer(event.turn, event.slot, event.text);
  }

  #onState(state: State, key: string | null | undefined): void {
    const settled = this.#wire.settle(key);
    if (settled?.do === "say") this.#forget();
    // The answer to a draft names no key; the server has it now, so no copy stays here.
    if (key === null && this.#drafted === this.#composer.value) localStorage.removeItem(this.#place);
    if (!state.conversation || state.conversation.phase === "finished") {
      this.#wire.stop();
      this.#forget();
      return this.reload();
    }
    const before = this.#talk?.phase;
    this.#take(merge(this.#talk, state.conversation));
    this.#follow(before, settled);
  }

  #take(talk: Conversation): void {
    this.#talk = talk;
    const held = this.#wire.pending.map((action) => action["turn"]);
    for (const turn of talk.turns) {
      let view = this.#views.get(turn.id);
      if (!view) {
        view = new TurnView(turn, this.#texts, {
          judge: (t, given, paradata) => this.#do({ do: "judge", turn: t.id, ...given, paradata: { ...paradata, away_ms: this.#takeAway() } }),
          breakTie: (t, slot) => this.#do({ do: "break_tie", turn: t.id, slot }),
          announce: (sentence) => this.#speak(sentence),
        });
        this.#views.set(turn.id, view);
        this.#turns.append(view.root);
      }
      view.paint(turn, held.includes(turn.id));
      for (const answer of turn.answers) if (answer.state === "complete") this.#announceAnswer(turn.id, answer.slot, answer.text);
    }
    this.#patience.watch(talk.turns.at(-1) ?? null);
    this.#composer.paint(talk, this.#wire.has("say") || this.#wire.has("finish"));
    this.dataset["phase"] = talk.phase;
  }

  /** Lead the eye and the focus where the person's own action took the conversation; never while words stream. */
  #follow(before: string | undefined, settled: Action | undefined): void {
    const phase = this.#talk?.phase;
    const last = this.#turns.lastElementChild as HTMLElement | null;
    if (settled?.do === "say") {
      last?.focus({ preventScroll: true });
      last?.scrollIntoView({ block: "start" });
      this.#speak(say(this.#texts, "announce.waiting"));
    } else if (phase === "continuing" && (settled?.do === "judge" || settled?.do === "break_tie")) {
      this.#composer.focus();
    } else if (before === "answering" && phase === "judging") {
      this.#speak(say(this.#texts, "announce.all"));
    }
  }

  #announceAnswer(turn: string, slot: string, text: string): void {
    if (this.#done.has(turn + slot)) return;
    this.#done.add(turn + slot);
    this.#speak(say(this.#texts, "announce.answer", { slot, text }));
  }

  #speak(sentence: string): void {
    this.#spoken.append(h("p", { dir: "auto" }, sentence));
    while (this.#spoken.children.length > 12) this.#spoken.firstElementChild?.remove();
  }

  #say(text: string, paradata: Record<string, number>): void {
    this.#composer.complain("");
    this.#do({ do: "say", text, paradata: { ...paradata, away_ms: this.#takeAway() } });
  }

  #do(action: Action): void {
    this.#wire.do(action);
    if (this.#talk) this.#take(this.#talk);
  }

  #onRefused(message: string, key: string | null | undefined): void {
    const action = this.#wire.settle(key);
    // A draft that is refused costs nothing; the words stand in the field.
    if (!action) return;
    if (this.#talk) this.#take(this.#talk);
    if (action.do === "say") return this.#composer.complain(message);
    this.#wire.refuse(message);
  }

  #draft(text: string): void {
    try {
      localStorage.setItem(this.#place, text);
    } catch {
      // Storage is full or forbidden; the server's copy has to do.
    }
    this.#drafted = text;
    if (this.#talk?.may_say && !this.#wire.has("say")) this.#wire.send({ do: "draft", text });
  }

  #kept(): string {
    try {
      return localStorage.getItem(this.#place) ?? "";
    } catch {
      return "";
    }
  }

  /** The message arrived: the field and the copy kept here are empty for the next one. */
  #forget(): void {
    this.#composer.clear();
    localStorage.removeItem(this.#place);
  }

  #onSight(): void {
    if (document.visibilityState === "hidden") this.#awayAt = performance.now();
    else if (this.#awayAt) {
      this.#away += performance.now() - this.#awayAt;
      this.#awayAt = 0;
    }
  }

  #takeAway(): number {
    const away = Math.round(this.#away);
    this.#away = 0;
    return away;
  }
}

customElements.define("mv-conversation", MvConversation);
