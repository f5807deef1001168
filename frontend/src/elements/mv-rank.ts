import { h, setText } from "../dom";
import { readTexts, say, type Texts } from "../texts";
import { dragRows } from "./rank-drag";

export interface RankParadata {
  initial: string[];
  moves: number;
  modality: string | null;
  first_ms: number | null;
  last_ms: number | null;
}

export interface RankState {
  order: string[];
  tied: string[];
  touched: boolean;
}

/**
 * A ranking: a numbered list, best first, with ▲▼ buttons, a place field, "same as above", lifting and dragging.
 *
 *     <mv-rank name="values" ties>
 *       <ol class="rank">
 *         <li data-item="honesty" aria-label="Honesty"><span class="rank-text">Honesty</span>
 *           <input type="number" class="rank-place" name="values.honesty" min="1" max="3" value=""></li>
 *         …
 *       </ol>
 *     </mv-rank>
 *
 * Without JavaScript each row has its number field. With it hidden inputs of the same names carry the ranks (1 = best,
 * equal = tie, then a gap); nothing is sent until a row was moved or the order confirmed, and `<name>__paradata` is too.
 * Keyboard on the grip: space lifts, arrows move, space drops, Escape puts back; without lifting, arrows go from row
 * to row. Every move is announced. Fires `change`. Properties: `ranks` (null while untouched), `paradata`, `disabled`.
 */
export class MvRank extends HTMLElement {
  #list!: HTMLOListElement;
  #status!: HTMLElement;
  #confirm!: HTMLButtonElement;
  #record!: HTMLInputElement;
  #texts: Texts = {};
  #tied = new Set<HTMLElement>();
  #touched = false;
  #ready = false;
  #started = 0;
  #lifted: { row: HTMLElement; before: HTMLElement[]; tied: Set<HTMLElement> } | null = null;
  #stopDragging: () => void = () => {};
  paradata: RankParadata = { initial: [], moves: 0, modality: null, first_ms: null, last_ms: null };

  connectedCallback(): void {
    const list = this.querySelector<HTMLOListElement>("ol");
    if (!list) return;
    if (!this.#ready) {
      this.#ready = true;
      this.#list = list;
      this.querySelector(".rank-plain")?.remove();
      this.#texts = readTexts();
      this.#started = performance.now();
      this.#build();
      this.#restore();
      this.paradata.initial = this.rows.map((row) => row.dataset["item"] ?? "");
      this.#paint();
    }
    this.#stopDragging = dragRows(list, {
      begin: (row) => !this.disabled && Boolean(row),
      place: (row, at) => this.#put(row, at, "drag", false),
      end: (row) => this.#announce(row),
    });
  }

  disconnectedCallback(): void {
    this.#stopDragging();
  }

  get rows(): HTMLElement[] {
    return [...this.#list.children] as HTMLElement[];
  }

  get ranks(): Record<string, number> | null {
    return !this.#touched ? null : Object.fromEntries(this.#places().map(([row, place]) => [row.dataset["item"] ?? "", place]));
  }

  /** The whole order, for taking a choice back. */
  get state(): RankState {
    const items = (rows: HTMLElement[]): string[] => rows.map((row) => row.dataset["item"] ?? "");
    return { order: items(this.rows), tied: items(this.rows.filter((row) => this.#tied.has(row))), touched: this.#touched };
  }

  set state({ order, tied, touched }: RankState) {
    const rows = this.rows;
    const focused = document.activeElement;
    this.#list.append(...order.map((item) => rows.find((row) => row.dataset["item"] === item)!));
    this.#tied = new Set(rows.filter((row) => tied.includes(row.dataset["item"] ?? "")));
    this.#touched = touched;
    this.#paint();
    if (focused instanceof HTMLElement && this.contains(focused)) focused.focus();
  }

  /** Take an order kept under this list's names, where none is given yet; returns whether it was taken. */
  fill(values: Record<string, string | string[]>): boolean {
    if (this.#touched || this.disabled) return false;
    for (const carrier of this.querySelectorAll<HTMLInputElement>(".rank-value"))
      carrier.closest("li")!.querySelector<HTMLInputElement>(".rank-place")!.dataset["given"] = [values[carrier.name] ?? ""].flat()[0]!;
    this.#restore();
    this.#paint();
    return this.#touched;
  }

  /** A digit gives the row that has the focus that place, = ties it with the one above, a letter goes to its row. */
  press(key: string): boolean {
    const row = this.rows.find((r) => r.contains(document.activeElement));
    const named = this.rows.find((r) => r.dataset["item"] === key.toUpperCase());
    if (named) named.querySelector<HTMLElement>(".rank-grip")?.focus();
    else if (row && /^[1-9]$/.test(key) && Number(key) <= this.rows.length) this.#put(row, Number(key) - 1, "keyboard");
    else if (row && key === "=" && this.hasAttribute("ties") && row !== this.rows[0]) this.#tie(row, !this.#tied.has(row));
    else return false;
    return true;
  }

  get disabled(): boolean {
    return this.hasAttribute("disabled");
  }

  set disabled(disabled: boolean) {
    this.toggleAttribute("disabled", disabled);
    if (this.#ready) this.#paint();
  }

  #build(): void {
    for (const row of this.rows) {
      const name = row.querySelector(".rank-text")?.textContent?.trim() ?? row.dataset["item"] ?? "";
      const place = row.querySelector<HTMLInputElement>("input.rank-place") ?? h("input", { type: "number", class: "rank-place" });
      const carrier = h("input", { type: "hidden", class: "rank-value", name: place.name, disabled: true });
      place.dataset["given"] = place.getAttribute("value") ?? "";
      place.removeAttribute("name");
      place.min = "1";
      place.max = String(this.rows.length);
      place.setAttribute("aria-label", say(this.#texts, "rank.place", { item: name }));
      place.addEventListener("change", () => this.#put(row, place.valueAsNumber - 1, "number"));
      const grip = h("button", { type: "button", class: "rank-grip", "aria-label": say(this.#texts, "rank.grip", { item: name }), "aria-pressed": "false" });
      grip.addEventListener("keydown", (event) => this.#onGripKey(event, row));
      const up = this.#button("rank-up", "▲", say(this.#texts, "rank.up", { item: name }), () => this.#step(row, -1));
      const down = this.#button("rank-down", "▼", say(this.#texts, "rank.down", { item: name }), () => this.#step(row, 1));
      const tools = h("span", { class: "rank-tools" }, place, up, down);
      row.prepend(grip);
      row.append(tools, carrier);
      if (this.hasAttribute("ties")) {
        const tie = h("input", { type: "checkbox", class: "rank-tie", "aria-label": say(this.#texts, "rank.same.of", { item: name }) });
        tie.addEventListener("change", () => this.#tie(row, tie.checked));
        row.append(h("label", { class: "rank-same" }, tie, h("span", {}, say(this.#texts, "rank.same"))));
      }
    }
    this.#status = h("p", { class: "hidden-text", role: "status" });
    this.#confirm = this.#button("button quiet rank-confirm", say(this.#texts, "rank.confirm"), null, () => this.#changed("confirm"));
    this.#record = h("input", { type: "hidden", name: `${this.getAttribute("name") ?? "rank"}__paradata`, disabled: true });
    this.append(this.#confirm, this.#status, this.#record);
  }

  #button(kind: string, words: string, label: string | null, act: () => void): HTMLButtonElement {
    const button = h("button", { type: "button", class: kind, "aria-label": label }, words);
    button.addEventListener("click", act);
    return button;
  }

  /** Answers that came with the page give the order back, ties included. */
  #restore(): void {
    const given = (row: HTMLElement): number => Number(row.querySelector<HTMLInputElement>(".rank-place")?.dataset["given"]);
    const rows = this.rows;
    if (!rows.every((row) => given(row) >= 1)) return;
    this.#list.append(...rows.sort((a, b) => given(a) - given(b)));
    this.rows.forEach((row, n, all) => n > 0 && given(row) === given(all[n - 1]!) && this.#tied.add(row));
    this.#touched = true;
  }

  #step(row: HTMLElement, by: number): void {
    const button = document.activeElement as HTMLElement | null;
    this.#put(row, this.rows.indexOf(row) + by, "button");
    // At an end the pressed button is disabled and would drop the focus.
    if (button?.matches(":disabled")) row.querySelector<HTMLElement>(by < 0 ? ".rank-down" : ".rank-up")?.focus();
    else button?.focus();
  }

  #put(row: HTMLElement, at: number, modality: string, speak = true): void {
    if (this.disabled || Number.isNaN(at)) return this.#paint();
    const others = this.rows.filter((other) => other !== row);
    const to = Math.max(0, Math.min(others.length, at));
    const same = this.rows[to] === row;
    const focused = document.activeElement;
    if (!same) {
      const after = this.rows[this.rows.indexOf(row) + 1];
      if (after && !this.#tied.has(row)) this.#tied.delete(after);
      this.#tied.delete(row);
      this.#list.insertBefore(row, others[to] ?? null);
    }
    if (focused instanceof HTMLElement && row.contains(focused)) focused.focus();
    if (!same || modality !== "drag") this.#changed(modality);
    if (speak) this.#announce(row);
  }

  #tie(row: HTMLElement, on: boolean): void {
    if (on) this.#tied.add(row);
    else this.#tied.delete(row);
    this.#changed("button");
    this.#announce(row);
  }

  #onGripKey(event: KeyboardEvent, row: HTMLElement): void {
    const held = this.#lifted?.row === row;
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    // In a judgement Enter sends; what is lifted it drops first.
    if (event.key === " " || (event.key === "Enter" && (held || !this.closest("mv-judge")))) {
      event.preventDefault();
      if (held) return this.#drop(row, "rank.dropped");
      this.#lifted = { row, before: this.rows, tied: new Set(this.#tied) };
      this.#mark(row, true);
      this.#speak("rank.lifted", row);
    } else if (held && event.key === "Escape") {
      this.#list.append(...this.#lifted!.before);
      this.#tied = this.#lifted!.tied;
      this.#changed("keyboard");
      this.#drop(row, "rank.back");
    } else if (held && by) {
      event.preventDefault();
      this.#put(row, this.rows.indexOf(row) + by, "keyboard");
    } else if (held && event.key === "Tab") {
      this.#drop(row, "rank.dropped");
    } else if (by) {
      event.preventDefault();
      this.rows[this.rows.indexOf(row) + by]?.querySelector<HTMLElement>(".rank-grip")?.focus();
    }
  }

  #drop(row: HTMLElement, key: string): void {
    this.#lifted = null;
    this.#mark(row, false);
    row.querySelector<HTMLElement>(".rank-grip")?.focus();
    this.#speak(key, row);
  }

  #mark(row: HTMLElement, lifted: boolean): void {
    row.classList.toggle("lifted", lifted);
    row.querySelector(".rank-grip")?.setAttribute("aria-pressed", String(lifted));
  }

  #changed(modality: string): void {
    if (this.disabled) return;
    const now = Math.round(performance.now() - this.#started);
    this.paradata.first_ms ??= now;
    this.paradata.last_ms = now;
    this.paradata.modality = modality;
    if (modality !== "confirm") this.paradata.moves += 1;
    this.#touched = true;
    this.#paint();
    this.dispatchEvent(new Event("change", { bubbles: true }));
  }

  #places(): [HTMLElement, number][] {
    let place = 1;
    return this.rows.map((row, n) => {
      if (n > 0 && !this.#tied.has(row)) place = n + 1;
      return [row, place];
    });
  }

  #paint(): void {
    this.#tied.delete(this.rows[0]!);
    for (const [n, [row, place]] of this.#places().entries()) {
      const input = row.querySelector<HTMLInputElement>(".rank-place")!;
      const carrier = row.querySelector<HTMLInputElement>(".rank-value")!;
      const tie = row.querySelector<HTMLInputElement>(".rank-tie");
      input.value = String(place);
      carrier.value = String(place);
      carrier.disabled = !this.#touched || this.disabled;
      row.querySelector<HTMLButtonElement>(".rank-up")!.disabled = n === 0 || this.disabled;
      row.querySelector<HTMLButtonElement>(".rank-down")!.disabled = n === this.rows.length - 1 || this.disabled;
      row.querySelector<HTMLButtonElement>(".rank-grip")!.disabled = this.disabled;
      input.disabled = this.disabled;
      row.classList.toggle("tied", this.#tied.has(row));
      if (!tie) continue;
      tie.checked = this.#tied.has(row);
      tie.disabled = this.disabled || n === 0;
      tie.closest("label")!.hidden = n === 0;
    }
    this.#confirm.hidden = this.#touched || this.disabled;
    this.#record.value = JSON.stringify(this.paradata);
    this.#record.disabled = !this.#touched || this.disabled;
    this.toggleAttribute("answered", this.#touched);
  }

  #announce(row: HTMLElement): void {
    this.#speak(this.#tied.has(row) ? "rank.tied" : "rank.moved", row);
  }

  #speak(key: string, row: HTMLElement): void {
    const place = this.#places().find(([other]) => other === row)?.[1] ?? 0;
    const item = row.querySelector(".rank-text")?.textContent?.trim() ?? "";
    setText(this.#status, say(this.#texts, key, { item, place, count: this.rows.length }));
  }
}

customElements.define("mv-rank", MvRank);
