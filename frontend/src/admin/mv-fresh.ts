const HELD = "a[href], button, summary, [tabindex]";

/**
 * Keeps a part of a page as new as its rows: asks for the page again and takes its own part from the answer.
 *
 *     <mv-fresh id="live" data-every="20">…</mv-fresh>
 *
 * Nothing moves under somebody's hands: not while a field inside has the focus, is filled in or text is selected, nor in
 * a tab that is not looked at. A button or link that has the focus keeps it.
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
    const writes = at !== this && this.contains(at) && at!.matches("input, select, textarea");
    return document.hidden || writes || this.#filledIn || this.#selected;
  }

  get #filledIn(): boolean {
    const fields = this.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>("input:not([type=hidden]), textarea");
    return [...fields].some((one) => one.value !== one.defaultValue);
  }

  get #selected(): boolean {
    const chosen = document.getSelection();
    return Boolean(chosen && !chosen.isCollapsed && chosen.anchorNode && this.contains(chosen.anchorNode));
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
    const opened = new Map(this.#named("details").map(([name, one]) => [name, (one as HTMLDetailsElement).open]));
    const held = this.#named(HELD).find(([, one]) => one === document.activeElement)?.[0];
    this.replaceChildren(...next.childNodes);
    for (const [name, one] of this.#named("details")) (one as HTMLDetailsElement).open = opened.get(name) ?? (one as HTMLDetailsElement).open;
    if (held !== undefined) this.#named(HELD).find(([name]) => name === held)?.[1].focus({ preventScroll: true });
  }

  /** What matches, each with a name that stays when others come before it: its section, its words, and which of these. */
  #named(selector: string): [string, HTMLElement][] {
    const count = new Map<string, number>();
    return [...this.querySelectorAll<HTMLElement>(selector)].map((one) => {
      const words = one.getAttribute("aria-label") ?? (one.querySelector("summary") ?? one).textContent!.trim();
      const name = `${one.closest("section[id]")?.id ?? ""}|${one.localName}|${words}`;
      count.set(name, (count.get(name) ?? 0) + 1);
      return [`${name}|${count.get(name)}`, one];
    });
  }

  /** Show the page that is there now; apart, so that a test can watch it. */
  reload(): void {
    window.location.reload();
  }
}

customElements.define("mv-fresh", MvFresh);
