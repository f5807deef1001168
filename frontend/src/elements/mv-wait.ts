/**
 * Looks again every two seconds (or data-every) while the server prepares something, and shows the page that comes then.
 *
 *     <mv-wait><form id="stage" method="post" action="…">…</form></mv-wait>
 *
 * What it waits for is marked with data-waiting. Without JavaScript the page's own button does the same.
 */
export class MvWait extends HTMLElement {
  #timer = 0;

  get #every(): number {
    return Number(this.dataset.every ?? 2) * 1000;
  }

  connectedCallback(): void {
    this.#timer = window.setTimeout(() => void this.#look(), this.dataset.every ? this.#every : 300);
  }

  disconnectedCallback(): void {
    window.clearTimeout(this.#timer);
  }

  async #look(): Promise<void> {
    const form = this.querySelector("form");
    if (!form || !this.isConnected) return;
    try {
      const answer = await fetch(form.action, { method: "POST", body: new FormData(form), credentials: "same-origin" });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const next = page.querySelector("mv-wait form");
      if (answer.ok && !next) return this.reload();
      // Each look is a page of its own, with a key of its own.
      if (next) form.replaceChildren(...next.childNodes);
    } catch {
      // The network is away for a moment: look again.
    }
    if (this.isConnected) this.#timer = window.setTimeout(() => void this.#look(), this.#every);
  }

  /** Show the page that is there now; apart, so that a test can watch it. */
  reload(): void {
    window.location.replace(window.location.pathname);
  }
}

customElements.define("mv-wait", MvWait);
