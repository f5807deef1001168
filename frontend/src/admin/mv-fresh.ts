/**
 * Keeps a part of a page as new as its rows: asks for the page again and takes its own part from the answer.
 *
 *     <mv-fresh id="live" data-every="20">…</mv-fresh>
 *
 * Nothing moves under somebody's hands: not while a field inside has the focus, nor in a tab that is not looked at.
 * Where the new page has no such part, the page is loaded again: it shows something else by now.
 * Without JavaScript the part stays as it was; a link beside it says how to look again.
 */
export class MvFresh extends HTMLElement {
  #timer = 0;

  connectedCallback(): void {
    this.#wait();
  }

  disconnectedCallback(): void {
    window.clearTimeout(this.#timer);
  }

  #wait(): void {
    this.#timer = window.setTimeout(() => void this.renew(), 1000 * Number(this.dataset["every"] ?? 20));
  }

  get #inUse(): boolean {
    const at = document.activeElement;
    return document.hidden || (at !== this && this.contains(at) && at!.matches("input, select, textarea"));
  }

  /** Look once; apart, so that a test need not wait. */
  async renew(): Promise<void> {
    if (!this.#inUse) {
      try {
        const answer = await fetch(window.location.href, { credentials: "same-origin" });
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        const next = page.getElementById(this.id);
        if (answer.ok && !next) return this.reload();
        if (answer.ok && next && !this.#inUse) this.#take(next);
      } catch {
        // The network is away for a moment: look again.
      }
    }
    if (this.isConnected) this.#wait();
  }

  #take(next: HTMLElement): void {
    const opened = this.#details().map((one) => one.open);
    this.replaceChildren(...next.childNodes);
    this.#details().forEach((one, place) => { one.open = opened[place] ?? one.open; });
  }

  #details(): HTMLDetailsElement[] {
    return [...this.querySelectorAll("details")];
  }

  /** Show the page that is there now; apart, so that a test can watch it. */
  reload(): void {
    window.location.reload();
  }
}

customElements.define("mv-fresh", MvFresh);
