import { h } from "../dom";
import { readTexts, say } from "../texts";

/**
 * A button that copies a code: `<mv-copy label="Copy"><code>ABC123</code></mv-copy>`. Without JavaScript, the code alone.
 */
export class MvCopy extends HTMLElement {
  connectedCallback(): void {
    if (this.querySelector("button")) return;
    const button = h("button", { type: "button", class: "button" }, this.getAttribute("label") ?? "");
    const told = h("span", { class: "copy-told", role: "status" });
    button.addEventListener("click", () => void this.#copy(told));
    this.append(button, told);
  }

  async #copy(told: HTMLElement): Promise<void> {
    const code = this.querySelector("code");
    const texts = readTexts();
    try {
      await navigator.clipboard.writeText(code?.textContent?.trim() ?? "");
      told.textContent = say(texts, "copy.done");
    } catch {
      // Refused, or a page without https: select it, so that one key press copies it.
      if (code) getSelection()?.selectAllChildren(code);
      told.textContent = say(texts, "copy.failed");
    }
  }
}

customElements.define("mv-copy", MvCopy);
