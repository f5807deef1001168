/**
 * The shell's menu: closes on Escape and on a click outside, and switches text size and colours.
 *
 *     <mv-menu><details class="menu"><summary>Menu</summary>
 *       <div data-look="text" hidden><button type="button" data-value="large">Large</button> …</div>
 *     </details></mv-menu>
 *
 * A look is kept in a cookie of this site (`mv_text`, `mv_theme`), so that the server paints the next page with it and
 * nothing flashes. Without JavaScript the menu still opens; the switches stay hidden.
 */
export class MvMenu extends HTMLElement {
  #stop = new AbortController();

  connectedCallback(): void {
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    const details = this.querySelector("details");
    for (const part of this.querySelectorAll<HTMLElement>("[data-look]")) {
      part.hidden = false;
      const look = part.dataset["look"] as "text" | "theme";
      for (const button of part.querySelectorAll<HTMLButtonElement>("button[data-value]")) {
        button.addEventListener("click", () => this.#choose(part, look, button.dataset["value"] ?? ""), { signal });
      }
      this.#mark(part, document.documentElement.dataset[look] ?? "");
    }
    document.addEventListener("click", (event) => {
      if (details?.open && !this.contains(event.target as Node)) details.open = false;
    }, { signal });
    this.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !details?.open) return;
      details.open = false;
      details.querySelector<HTMLElement>("summary")?.focus();
    }, { signal });
  }

  disconnectedCallback(): void {
    this.#stop.abort();
  }

  #choose(part: HTMLElement, look: "text" | "theme", value: string): void {
    if (value) document.documentElement.dataset[look] = value;
    else delete document.documentElement.dataset[look];
    const age = value ? 31_536_000 : 0;
    document.cookie = `mv_${look}=${value};path=/;max-age=${age};samesite=lax`;
    this.#mark(part, value);
  }

  #mark(part: HTMLElement, value: string): void {
    for (const button of part.querySelectorAll<HTMLButtonElement>("button[data-value]")) {
      button.setAttribute("aria-pressed", String((button.dataset["value"] ?? "") === value));
    }
  }
}

customElements.define("mv-menu", MvMenu);
