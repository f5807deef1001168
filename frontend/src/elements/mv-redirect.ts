import { readTexts, say } from "../texts";

/**
 * Follows its link after some seconds, unless stopped.
 *
 *     <mv-redirect seconds="5"><a href="https://…">Go back</a>
 *       <p class="redirect-told"></p><button type="button" hidden>Stay here</button></mv-redirect>
 *
 * The countdown is not a live region: a screen reader would be interrupted every second.
 */
export class MvRedirect extends HTMLElement {
  #timer = 0;

  connectedCallback(): void {
    const link = this.querySelector("a");
    const told = this.querySelector<HTMLElement>(".redirect-told");
    const stay = this.querySelector<HTMLButtonElement>("button");
    if (!link || !told || !stay || this.#timer) return;
    const texts = readTexts();
    let left = Number(this.getAttribute("seconds") ?? 5);
    const tell = (): void => void (told.textContent = say(texts, "redirect.in", { seconds: left }));
    const stop = (): void => {
      window.clearInterval(this.#timer);
      told.textContent = say(texts, "redirect.stopped");
      stay.hidden = true;
      link.focus();
    };
    stay.hidden = false;
    stay.addEventListener("click", stop);
    tell();
    this.#timer = window.setInterval(() => {
      left -= 1;
      tell();
      if (left > 0) return;
      window.clearInterval(this.#timer);
      this.go(link.href);
    }, 1000);
  }

  disconnectedCallback(): void {
    window.clearInterval(this.#timer);
    this.#timer = 0;
  }

  /** Leave for `address`; apart, so that a test can watch it. */
  go(address: string): void {
    window.location.assign(address);
  }
}

customElements.define("mv-redirect", MvRedirect);
