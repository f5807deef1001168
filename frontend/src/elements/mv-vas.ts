import { h } from "../dom";
import { readTexts, say, type Texts } from "../texts";

export type Modality = "pointer" | "keyboard" | "button";
export interface VasParadata {
  first: number | null;
  changes: number;
  cleared: number;
  modality: Modality | null;
  first_ms: number | null;
  last_ms: number | null;
}

/**
 * A visual analogue scale: a line between two words, with no thumb, no number and no value until it is touched.
 *
 *     <mv-vas low="Terrible" high="Perfect">
 *       <input type="number" class="vas" name="q1" min="1" max="100" step="1" value="" aria-labelledby="label-q1">
 *       <label class="option"><input type="checkbox" class="vas-na" name="q1__na" value="1"> <span>Not applicable</span></label>
 *     </mv-vas>
 *
 * Without JavaScript the number field is the scale; with it the field becomes a range without a name, a hidden input
 * `q1` carries the value (nothing is sent while untouched, cleared or not applicable) and a hidden input
 * `q1__paradata` (or `data-touched-name`) carries JSON: `{first, changes, cleared, modality, first_ms, last_ms}`.
 * A `.vas-plain` hint about numbers goes. The "not applicable" checkbox is optional; un-ticking it brings the rating back. Fires `change` with every rating.
 *
 * Properties: `value` (number or null), `paradata`, `disabled`. Attributes: `compact` leaves the small buttons out;
 * `bands="Bad|Poor|Fair|Good|Excellent"` names equal parts of the line, and the rating is told as its band and number.
 */
export class MvVas extends HTMLElement {
  #range!: HTMLInputElement;
  #carrier!: HTMLInputElement;
  #record!: HTMLInputElement;
  #na: HTMLInputElement | null = null;
  #state!: HTMLElement;
  #clear!: HTMLButtonElement;
  #steps: HTMLButtonElement[] = [];
  #texts: Texts = {};
  #value: number | null = null;
  #frozen = false;
  #started = 0;
  #ready = false;
  paradata: VasParadata = { first: null, changes: 0, cleared: 0, modality: null, first_ms: null, last_ms: null };

  connectedCallback(): void {
    if (this.#ready) return;
    const range = this.querySelector<HTMLInputElement>("input.vas");
    if (!range) return;
    this.#ready = true;
    this.#started = performance.now();
    this.#texts = readTexts();
    this.#range = range;
    this.#na = this.querySelector("input.vas-na");
    this.querySelector(".vas-plain")?.remove();
    const given = range.getAttribute("value");
    const name = range.name;
    this.#frozen = range.disabled;
    range.type = "range";
    range.removeAttribute("name");
    range.autocomplete = "off";
    this.#carrier = h("input", { type: "hidden", name, autocomplete: "off" });
    this.#record = h("input", {
      type: "hidden",
      name: range.dataset["touchedName"] || (name && `${name}__paradata`),
      autocomplete: "off",
    });
    this.#build();
    range.addEventListener("input", () => this.#touch(range.valueAsNumber, "pointer"));
    // A click on the exact middle of an unanswered range changes nothing and fires no input event.
    range.addEventListener("click", () => this.#value === null && this.#touch(range.valueAsNumber, "pointer"));
    range.addEventListener("keydown", (event) => this.#onKey(event));
    this.#na?.addEventListener("change", () => this.#paint());
    this.#value = given ? Number(given) : null;
    this.#paint();
  }

  get value(): number | null {
    return this.#na?.checked ? null : this.#value;
  }

  set value(value: number | null) {
    this.#value = value;
    if (this.#ready) this.#paint();
  }

  get disabled(): boolean {
    return this.#frozen;
  }

  set disabled(disabled: boolean) {
    this.#frozen = disabled;
    if (this.#ready) this.#paint();
  }

  get #bands(): string[] {
    return this.getAttribute("bands")?.split("|") ?? [];
  }

  get #min(): number {
    return Number(this.#range.min || 1);
  }

  get #max(): number {
    return Number(this.#range.max || 100);
  }

  #build(): void {
    const low = this.getAttribute("low") ?? "";
    const high = this.getAttribute("high") ?? "";
    const line = h("div", { class: "vas-line" });
    this.#range.before(line);
    const ends = [h("span", { class: "vas-low" }, h("bdi", {}, low)), h("span", { class: "vas-high" }, h("bdi", {}, high))];
    const bands = h("span", { class: "vas-bands", "aria-hidden": "true" }, ...this.#bands.map((band) => h("span", {}, band)));
    line.append(this.#range, h("span", { class: "vas-tap", "aria-hidden": "true" }, say(this.#texts, "vas.tap")), ...(this.#bands.length > 0 ? [bands] : ends));
    this.#state = h("span", { class: "vas-state" });
    this.#clear = h("button", { type: "button", class: "vas-clear" }, say(this.#texts, "vas.clear"));
    this.#clear.addEventListener("click", () => this.#onClear());
    const foot = h("div", { class: "vas-foot" }, this.#state);
    if (!this.hasAttribute("compact")) {
      this.#steps = [this.#stepButton(-1, "−", "vas.less", low), this.#stepButton(1, "+", "vas.more", high)];
      foot.append(h("span", { class: "vas-steps" }, ...this.#steps));
    }
    foot.append(this.#clear);
    line.after(foot, this.#carrier, this.#record);
  }

  #stepButton(by: number, sign: string, key: string, end: string): HTMLButtonElement {
    const button = h("button", { type: "button", class: "vas-step", "aria-label": say(this.#texts, key, { end }) }, sign);
    button.addEventListener("click", () => this.#touch((this.#value ?? this.#middle) + by, "button"));
    return button;
  }

  get #middle(): number {
    return Math.round((this.#min + this.#max) / 2);
  }

  #onKey(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const rightIs = getComputedStyle(this).direction === "rtl" ? -1 : 1;
    const from = this.#value ?? this.#middle;
    const to: Record<string, number> = {
      ArrowRight: from + rightIs,
      ArrowLeft: from - rightIs,
      ArrowUp: from + 1,
      ArrowDown: from - 1,
      PageUp: from + 10,
      PageDown: from - 10,
      Home: this.#min,
      End: this.#max,
      " ": from,
    };
    if (event.key === "Delete" || event.key === "Backspace") {
      event.preventDefault();
      this.#onClear();
    } else if (event.key in to) {
      event.preventDefault();
      this.#touch(to[event.key]!, "keyboard");
    }
  }

  #touch(value: number, modality: Modality): void {
    if (this.#frozen || this.#na?.checked) return;
    this.#value = Math.min(this.#max, Math.max(this.#min, value));
    this.#note(modality);
    this.#paint();
    this.dispatchEvent(new Event("change", { bubbles: true }));
  }

  #note(modality: Modality | null): void {
    const now = Math.round(performance.now() - this.#started);
    const p = this.paradata;
    if (modality) {
      p.first ??= this.#value;
      p.modality = modality;
      p.changes += 1;
    } else {
      p.cleared += 1;
    }
    p.first_ms ??= now;
    p.last_ms = now;
  }

  #onClear(): void {
    if (this.#value === null || this.#frozen) return;
    this.#value = null;
    this.#note(null);
    this.#paint();
    this.#range.focus();
    this.dispatchEvent(new Event("change", { bubbles: true }));
  }

  #paint(): void {
    const away = this.#na?.checked ?? false;
    const value = this.value;
    const answered = value !== null;
    this.#range.value = String(this.#value ?? this.#middle);
    this.#range.disabled = this.#frozen || away;
    this.toggleAttribute("answered", answered);
    this.#range.setAttribute("aria-valuetext", this.#words(value, away));
    const rated = this.#bands.length > 0 ? this.#words(value, away) : say(this.#texts, "vas.rated");
    this.#state.textContent = away ? say(this.#texts, "vas.na") : answered ? rated : say(this.#texts, "vas.unrated");
    this.#clear.hidden = !answered || this.#frozen;
    for (const button of this.#steps) button.disabled = this.#range.disabled;
    this.#carrier.value = answered ? String(value) : "";
    this.#carrier.disabled = !answered || this.#frozen;
    this.toggleAttribute("touched", this.paradata.first_ms !== null);
    this.#record.value = JSON.stringify(this.paradata);
    this.#record.disabled = this.#frozen || this.paradata.first_ms === null || !this.#record.name;
    const share = ((this.#value ?? this.#middle) - this.#min) / (this.#max - this.#min || 1);
    this.style.setProperty("--vas", String(share));
  }

  /** Where the rating lies, in words: the scale shows no number to anyone. */
  #words(value: number | null, away: boolean): string {
    if (away) return say(this.#texts, "vas.na");
    if (value === null) return say(this.#texts, "vas.unrated");
    const low = this.getAttribute("low") ?? "";
    const high = this.getAttribute("high") ?? "";
    const share = (value - this.#min) / (this.#max - this.#min || 1);
    const named = this.#bands;
    if (named.length > 0) return `${named[Math.min(named.length - 1, Math.floor(share * named.length))]} · ${value}`;
    if (share <= 0) return low;
    if (share >= 1) return high;
    const bands = ["vas.at1", "vas.at2", "vas.at3", "vas.at4", "vas.at5", "vas.at6", "vas.at7"];
    return say(this.#texts, bands[Math.floor(share * bands.length)]!, { low, high });
  }
}

customElements.define("mv-vas", MvVas);
