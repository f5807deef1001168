/** A send that has to wait, for the connection or for a look that is long enough: it goes off by itself. */

import { h } from "../dom";
import { readTexts, say } from "../texts";

// The server counts from when it painted the page, a little before this browser has it.
const MARGIN = 250;
const RETRY = 4000;
const PATIENCE = 6000;

export interface WaitingOptions {
  form: HTMLFormElement;
  /** Whether the connection seems gone; only then is it asked for, before the page is given up for the next one. */
  doubt: () => boolean;
}

export class Waiting {
  #options: WaitingOptions;
  #timer = 0;
  #submitter: HTMLElement | null = null;
  #asking = false;
  #passed = false;
  #online = (): void => void this.#ask();
  /** Whether a send waits now. */
  active = false;

  constructor(options: WaitingOptions) {
    this.#options = options;
  }

  /** Whether this send must wait; then it is kept, and sent again as soon as it may. */
  holds(submitter: HTMLElement | null): boolean {
    this.#submitter = submitter;
    const left = this.#left();
    if (left > 0) {
      this.#begin();
      this.#read(left);
      return true;
    }
    if (this.#passed || !(navigator.onLine === false || this.#options.doubt())) {
      this.stop();
      return false;
    }
    this.#begin();
    if (navigator.onLine === false) this.#tell("offline", say(readTexts(), "form.offline"));
    void this.#ask();
    return true;
  }

  stop(): void {
    window.clearTimeout(this.#timer);
    window.removeEventListener("online", this.#online);
    if (this.active) this.#tell("", "");
    this.active = false;
  }

  #begin(): void {
    this.active = true;
    window.clearTimeout(this.#timer);
    window.addEventListener("online", this.#online);
  }

  /** Milliseconds until the page was looked at for as long as it asks for (`data-dwell`). */
  #left(): number {
    const dwell = Number(this.#options.form.dataset["dwell"] ?? 0);
    if (!dwell) return 0;
    const [page] = performance.getEntriesByType?.("navigation") ?? [];
    const since = (page as PerformanceNavigationTiming | undefined)?.responseStart ?? 0;
    return dwell + MARGIN - (performance.now() - since);
  }

  /** Count down; a screen reader hears the sentence once. */
  #read(left: number): void {
    const texts = readTexts();
    const seconds = Math.max(1, Math.ceil(left / 1000));
    const sentence = say(texts, "form.moment", { n: seconds });
    const line = document.getElementById("save-state");
    const shown = line?.querySelector("[aria-hidden]");
    if (shown) shown.textContent = sentence;
    else this.#tell("moment", h("span", { class: "hidden-text" }, sentence), h("span", { "aria-hidden": "true" }, sentence));
    this.#timer = window.setTimeout(() => {
      const more = this.#left();
      if (more > 0) this.#read(more);
      else this.#go(false);
    }, Math.min(left, 1000));
  }

  /** Is the server there? Any answer of it will do. */
  async #ask(): Promise<void> {
    if (this.#asking || !this.active || this.#left() > 0) return;
    this.#asking = true;
    const icon = document.querySelector<HTMLLinkElement>('link[rel~="icon"]')?.href ?? "/";
    const stop = new AbortController();
    const timer = window.setTimeout(() => stop.abort(), PATIENCE);
    const there = await fetch(icon, { method: "HEAD", cache: "no-store", signal: stop.signal }).then(
      (answer) => answer.status < 500,
      () => false,
    );
    window.clearTimeout(timer);
    this.#asking = false;
    if (!this.active) return;
    if (there) return this.#go(true);
    this.#tell("offline", say(readTexts(), "form.offline"));
    window.clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => void this.#ask(), RETRY);
  }

  #go(asked: boolean): void {
    const { form } = this.#options;
    this.stop();
    if (!form.isConnected) return;
    this.#passed = asked;
    form.requestSubmit(this.#submitter ?? undefined);
    this.#passed = false;
  }

  #tell(state: string, ...words: (Node | string)[]): void {
    const line = document.getElementById("save-state");
    if (!line) return;
    if (line.dataset["state"] === state && state === "offline") return; // equal words would be spoken again
    if (state) line.dataset["state"] = state;
    else delete line.dataset["state"];
    line.replaceChildren(...words);
  }
}
