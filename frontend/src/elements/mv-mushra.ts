import { h } from "../dom";
import type { Askable } from "../judging/widgets";
import { readTexts, say, type Texts } from "../texts";

/**
 * A MUSHRA page: one text in sight at a time, switched at once, and a slider for each that stays where it is.
 *
 *     <mv-mushra>
 *       <article class="reference"><h2 class="answer-head">Reference</h2><div class="answer-text">…</div></article>   (optional)
 *       <article class="answer" data-slot="A"><div class="answer-top">…</div><div class="answer-text">…</div>
 *         <div class="answer-judge">…<mv-vas bands="Bad|…">…</mv-vas></div></article>
 *       <input type="hidden" class="viewed" data-slot="A" data-before="" name="answer.viewed.A" value="1">   (optional)
 *     </mv-mushra>
 *
 * Without JavaScript the texts stand one under another, each with its number field. With it the texts move into tabs.
 * A text counts as viewed each time it comes into sight; the page is complete when every one was. The letters and the
 * digits switch (0 or r shows the reference), and so does the focus when it comes to a slider.
 */
export class MvMushra extends HTMLElement implements Askable {
  #texts: Texts = {};
  #tabs: { slot: string; button: HTMLButtonElement; panel: HTMLElement; card: HTMLElement; views: number }[] = [];
  #stage!: HTMLElement;
  #shown = "";
  #ready = false;

  connectedCallback(): void {
    queueMicrotask(() => this.isConnected && this.#start());
  }

  get answered(): boolean {
    return this.#tabs.every((tab) => tab.views > 0);
  }

  /** What was viewed cannot be taken back. */
  get state(): unknown {
    return null;
  }

  set state(_: unknown) {}

  /** How often each text was in sight, by slot. */
  get viewed(): Record<string, number> {
    return Object.fromEntries(this.#tabs.filter((tab) => tab.slot).map((tab) => [tab.slot, tab.views]));
  }

  owns(target: Element): boolean {
    return this.#stage?.contains(target) ?? false;
  }

  enter(): void {
    const tab = this.#tabs.find((one) => one.views === 0) ?? this.#tabs[0];
    if (tab) this.#show(tab.slot);
    tab?.button.focus();
  }

  press(key: string): boolean {
    const answers = this.#tabs.filter((tab) => tab.slot);
    const reference = key.toLowerCase() === "r" ? this.#tabs.find((one) => !one.slot) : undefined;
    const tab = reference ?? answers.find((one) => one.slot === key.toUpperCase()) ?? (/^[1-9]$/.test(key) ? answers[Number(key) - 1] : undefined);
    if (!tab) return false;
    this.#show(tab.slot);
    (tab.card.querySelector<HTMLElement>("input.vas, input:not([type=hidden])") ?? tab.button).focus({ preventScroll: !tab.slot });
    return true;
  }

  #start(): void {
    if (this.#ready) return;
    this.#ready = true;
    this.#texts = readTexts();
    const cards = [...this.querySelectorAll<HTMLElement>(".reference, .answer[data-slot]")];
    const list = h("div", { class: "mushra-tabs", role: "tablist", "aria-label": say(this.#texts, "mushra.tabs") });
    this.#stage = h("div", { class: "mushra-stage" }, list);
    cards.forEach((card, n) => this.#addTab(card, n, list));
    (this.querySelector(".answers") ?? cards[0])?.before(this.#stage);
    list.addEventListener("keydown", (event) => this.#onTabKey(event));
    this.addEventListener("focusin", (event) => this.#onFocus(event.target as Element));
    if (this.#tabs[0]) this.#show(this.#tabs[0].slot);
    this.toggleAttribute("ready", true);
  }

  #addTab(card: HTMLElement, n: number, list: HTMLElement): void {
    const slot = card.dataset["slot"] ?? "";
    const text = card.querySelector<HTMLElement>(".answer-text");
    if (!text) return;
    const id = `mushra-${slot || "reference"}`;
    const words = slot || card.querySelector(".answer-head")?.textContent?.trim() || say(this.#texts, "mushra.reference");
    const button = h("button", { type: "button", class: "mushra-tab", role: "tab", id: `${id}-tab`, "aria-controls": id, tabindex: n === 0 ? 0 : -1 }, words);
    const panel = h("div", { class: "mushra-text", role: "tabpanel", id, "aria-labelledby": button.id, tabindex: 0 }, text);
    button.addEventListener("click", () => this.#show(slot));
    list.append(button);
    this.#stage.append(panel);
    if (!slot) card.hidden = true;
    // What was in sight before a reload, or before a correction, was seen.
    const before = this.querySelector<HTMLElement>(`input.viewed[data-slot="${slot}"]`)?.dataset["before"];
    this.#tabs.push({ slot, button, panel, card, views: Number(before) || 0 });
  }

  #show(slot: string): void {
    if (this.#shown === slot && this.#tabs.some((tab) => tab.slot === slot && tab.views > 0)) return;
    this.#shown = slot;
    for (const tab of this.#tabs) {
      const on = tab.slot === slot;
      if (on) tab.views += 1;
      tab.panel.hidden = !on;
      tab.button.setAttribute("aria-selected", String(on));
      tab.button.tabIndex = on ? 0 : -1;
      tab.button.toggleAttribute("data-viewed", tab.views > 0);
      tab.card.toggleAttribute("data-shown", on);
      const input = tab.slot && this.querySelector<HTMLInputElement>(`input.viewed[data-slot="${tab.slot}"]`);
      if (input) input.value = String(tab.views);
    }
    // The first text shows itself: nobody did anything yet.
    if (this.hasAttribute("ready")) this.dispatchEvent(new Event("change", { bubbles: true }));
  }

  /** Whoever comes to a slider sees its text. */
  #onFocus(target: Element): void {
    const card = target.closest<HTMLElement>(".answer[data-slot]");
    if (card && !this.#stage.contains(target)) this.#show(card.dataset["slot"] ?? "");
  }

  #onTabKey(event: KeyboardEvent): void {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const by = getComputedStyle(this).direction === "rtl" ? -step : step;
    const at = this.#tabs.findIndex((tab) => tab.slot === this.#shown);
    const tab = this.#tabs[(at + by + this.#tabs.length) % this.#tabs.length]!;
    this.#show(tab.slot);
    tab.button.focus();
  }
}

customElements.define("mv-mushra", MvMushra);
