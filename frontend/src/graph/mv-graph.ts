/**
 * The moral graph as a picture that can be moved, searched and opened; the list beside it is painted by the server.
 *
 * <mv-graph data-status="…" data-failed="…" data-words="…">
 *   <div role="toolbar" hidden><button data-do="in|out|whole"></div>
 *   <div class="mv-drawing">a drawing for pages without scripts</div>
 *   <p class="mv-graph-hint" hidden></p><p role="status"></p>
 *   <script type="application/json" id="graph-scene">{values, steps, left}</script>
 * </mv-graph>
 * and elsewhere on the page #graph-side, whose links with data-open, data-back or data-part bring it anew.
 */

import { setText } from "../dom";
import { boxOf, held as heldIn, showing, whole, zoomed, type Box, type Camera, type Size } from "./camera";
import { choose, nextValue, type Focus, type Scene, type Step, type Value } from "./choose";
import { attend } from "./gestures";
import { Painter } from "./paint";
import { bring, held, named, ofForm } from "./side";

const WAY: Record<string, [number, number]> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const SEARCH_AFTER = 350;
const STRIDE = 60;

export class Graph extends HTMLElement {
  private scene: Scene = { values: [], steps: [], left: 0 };
  private byId = new Map<number, Value>();
  private box: Box = boxOf([]);
  private camera: Camera = { x: 0, y: 0, k: 1 };
  private furthest = 0.01;
  private painter!: Painter;
  private focusOn: Focus = { matches: null, value: null, step: null, active: null, near: [] };
  private frame = 0;
  private resting = 0;
  private moved = false;
  private bringing: AbortController | null = null;
  private leave = new AbortController();
  private sizes: ResizeObserver | null = null;

  connectedCallback(): void {
    this.scene = held<Scene>("graph-scene") ?? this.scene;
    if (!this.scene.values.length) return;
    this.leave = new AbortController();
    this.byId = new Map(this.scene.values.map((value) => [value.id, value]));
    this.box = boxOf(this.scene.values);
    this.painter = new Painter(this.dataset["words"] ?? "");
    this.querySelector(".mv-drawing")?.replaceChildren(this.painter.root);
    for (const hidden of this.querySelectorAll<HTMLElement>(".mv-graph-tools, .mv-graph-keys")) hidden.hidden = false;
    this.toggleAttribute("data-live", true);
    this.focusOn.active = this.scene.values[0]!.id;
    const { signal } = this.leave;
    attend(this.painter.root, {
      pan: (dx, dy) => this.look({ ...this.camera, x: this.camera.x + dx, y: this.camera.y + dy }),
      zoom: (factor, at) => this.look(zoomed(this.camera, factor, at, this.furthest)),
      press: (target) => this.press(target),
      mayWheel: () => this.contains(document.activeElement),
      hint: () => this.querySelector(".mv-graph-hint")?.toggleAttribute("hidden", false),
    }, signal);
    this.painter.root.addEventListener("keydown", (event) => this.key(event), { signal });
    this.painter.root.addEventListener("focusin", (event) => this.follow(event), { signal });
    this.querySelector("[role=toolbar]")?.addEventListener("click", (event) => this.tool(event), { signal });
    document.addEventListener("click", (event) => this.link(event), { signal });
    document.addEventListener("submit", (event) => this.search(event), { signal });
    let waiting = 0;
    document.addEventListener("input", (event) => {
      const form = (event.target as Element).closest<HTMLFormElement>(".mv-graph-search");
      if (!form) return;
      window.clearTimeout(waiting);
      waiting = window.setTimeout(() => void this.go(ofForm(form), { keep: true }), SEARCH_AFTER);
    }, { signal });
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && document.querySelector("#opened")?.contains(document.activeElement)) this.back();
    }, { signal });
    window.addEventListener("popstate", () => void this.arrive(), { signal });
    this.sizes = new ResizeObserver(() => (this.moved ? this.draw() : this.all()));
    this.sizes.observe(this.painter.root);
    this.all();
    this.read();
    if (named(location.hash)) void this.arrive();
  }

  disconnectedCallback(): void {
    this.leave.abort();
    this.bringing?.abort();
    this.sizes?.disconnect();
    window.cancelAnimationFrame(this.frame);
  }

  private get size(): Size {
    return { width: this.painter.root.clientWidth || 600, height: this.painter.root.clientHeight || 480 };
  }

  /** Look at everything. */
  private all(): void {
    this.camera = whole(this.box, this.size);
    this.furthest = this.camera.k * 0.7;
    this.moved = false;
    this.draw();
  }

  private look(camera: Camera): void {
    this.camera = heldIn(camera, this.box, this.size);
    this.moved = true;
    this.querySelector(".mv-graph-hint")?.toggleAttribute("hidden", true);
    this.draw();
  }

  private draw(): void {
    window.cancelAnimationFrame(this.frame);
    this.frame = window.requestAnimationFrame(() => this.paint());
  }

  private paint(): void {
    const chosen = choose(this.scene, this.camera, this.size, this.focusOn);
    const focused = document.activeElement?.closest("[data-value]")?.getAttribute("data-value");
    this.painter.paint(chosen, this.focusOn.active, focused ? Number(focused) : null);
    const { values, steps, left } = this.scene;
    const told: Record<string, number> = {
      PERCENT: Math.round(this.camera.k * 100), COUNT: chosen.large.length, ALL: values.length,
      LINES: chosen.lines.length, STEPS: steps.length + left,
    };
    let words = (this.dataset["status"] ?? "").replace(/[A-Z]{3,}/g, (name) => told[name]?.toLocaleString() ?? name);
    if (chosen.dots.length) words += ` ${this.dataset["closer"] ?? ""}`;
    const status = this.querySelector("[role=status]");
    // Said once the picture rests, not in every frame of a movement.
    window.clearTimeout(this.resting);
    this.resting = window.setTimeout(() => status && setText(status, words), 400);
  }

  private press(target: Element): void {
    const value = target.closest("[data-value]")?.getAttribute("data-value");
    const step = target.closest("[data-step]")?.getAttribute("data-step");
    if (value) {
      this.focusOn.active = Number(value);
      this.painter.node(Number(value))?.focus({ preventScroll: true });
    }
    if (value ?? step) this.open(value ? `value-${value}` : `step-${step}`);
  }

  private key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const way = WAY[event.key];
    const middle = { x: this.size.width / 2, y: this.size.height / 2 };
    if (way && event.shiftKey) this.look({ ...this.camera, x: this.camera.x - way[0] * STRIDE, y: this.camera.y - way[1] * STRIDE });
    else if (way) this.step(way);
    else if (event.key === "+" || event.key === "=") this.look(zoomed(this.camera, 1.3, middle, this.furthest));
    else if (event.key === "-") this.look(zoomed(this.camera, 1 / 1.3, middle, this.furthest));
    else if (event.key === "0") this.all();
    else if (event.key === "Home") this.move(this.scene.values[0]!);
    else if (event.key === "Escape") this.back();
    else return;
    event.preventDefault();
  }

  private step(way: [number, number]): void {
    const from = this.byId.get(this.focusOn.active ?? -1);
    const among = this.focusOn.matches ? this.scene.values.filter((value) => this.focusOn.matches!.has(value.id)) : this.scene.values;
    const next = from ? nextValue(among, from, ...way) : among[0];
    if (next) this.move(next);
  }

  private move(value: Value): void {
    this.focusOn.active = value.id;
    this.camera = showing(this.camera, value, this.size);
    window.cancelAnimationFrame(this.frame);
    this.paint();
    this.painter.node(value.id)?.focus({ preventScroll: true });
  }

  private follow(event: FocusEvent): void {
    const id = Number((event.target as Element).closest("[data-value]")?.getAttribute("data-value"));
    const value = this.byId.get(id);
    if (!value || id === this.focusOn.active) return;
    this.focusOn.active = id;
    this.draw();
  }

  private tool(event: Event): void {
    const what = (event.target as Element).closest<HTMLElement>("[data-do]")?.dataset["do"];
    const middle = { x: this.size.width / 2, y: this.size.height / 2 };
    if (what === "in") this.look(zoomed(this.camera, 1.4, middle, this.furthest));
    if (what === "out") this.look(zoomed(this.camera, 1 / 1.4, middle, this.furthest));
    if (what === "whole") this.all();
  }

  private link(event: MouseEvent): void {
    const link = (event.target as Element).closest<HTMLAnchorElement>("a[data-open], a[data-back], a[data-part]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    if (link.dataset["open"]) this.open(link.dataset["open"]);
    else if (link.dataset["back"] !== undefined) this.back();
    else void this.go(new URL(link.href), {});
  }

  private search(event: SubmitEvent): void {
    const form = (event.target as Element).closest<HTMLFormElement>(".mv-graph-search");
    if (!form) return;
    event.preventDefault();
    void this.go(ofForm(form), { keep: true });
  }

  private open(name: string): void {
    const address = new URL(location.href);
    address.searchParams.delete("open");
    address.hash = name;
    history.pushState(null, "", address);
    void this.arrive();
  }

  private back(): void {
    const was = document.querySelector<HTMLElement>("#opened")?.dataset["opened"];
    const address = new URL(location.href);
    address.searchParams.delete("open");
    address.hash = "";
    history.pushState(null, "", address);
    void this.arrive(was);
  }

  /** Show what the address names; `from`: what was open before, to which the focus returns. */
  private async arrive(from?: string): Promise<void> {
    const name = named(location.hash);
    const address = new URL(location.href);
    if (name) address.searchParams.set("open", name);
    if (!(await this.had(address))) return;
    const opened = document.querySelector<HTMLElement>("#opened-title");
    const rather = from ? document.querySelector<HTMLElement>(`#graph-side [data-open="${from}"]`) : null;
    const node = this.focusOn.active !== null && from === `value-${this.focusOn.active}` ? this.painter.node(this.focusOn.active) : null;
    (opened ?? rather ?? node ?? document.querySelector<HTMLElement>("#list input[type=search]"))?.focus({ preventScroll: true });
    if (opened && opened.getBoundingClientRect().top < 0 || opened && opened.getBoundingClientRect().top > window.innerHeight - 80) opened.scrollIntoView({ block: "start" });
  }

  /** Go to another search, order or page of the list; `keep`: the search field keeps its caret. */
  private async go(address: URL, { keep = false }): Promise<void> {
    const field = document.activeElement;
    const [words, caret] = field instanceof HTMLInputElement ? [field.value, field.selectionStart] : [null, null];
    const isSearch = keep && field instanceof HTMLInputElement;
    if (!(await this.had(address))) return;
    address.hash = "";
    history.replaceState(null, "", address);
    const search = document.querySelector<HTMLInputElement>("#list input[type=search]");
    if (isSearch && search) {
      if (words !== null) search.value = words;
      search.focus({ preventScroll: true });
      if (caret !== null) search.setSelectionRange(caret, caret);
    } else if (keep) document.querySelector<HTMLElement>("#list select[name=sort]")?.focus();
    else document.querySelector<HTMLElement>("#list .mv-graph-tabs [aria-current]")?.focus({ preventScroll: true });
  }

  private async had(address: URL): Promise<boolean> {
    this.bringing?.abort();
    const bringing = (this.bringing = new AbortController());
    const side = document.getElementById("graph-side");
    side?.setAttribute("aria-busy", "true");
    try {
      if (!(await bring(address, bringing.signal))) throw new Error("not there");
    } catch {
      if (bringing.signal.aborted) return false;
      side?.removeAttribute("aria-busy");
      const status = this.querySelector("[role=status]");
      if (status) setText(status, this.dataset["failed"] ?? "");
      return false;
    }
    this.read();
    return true;
  }

  /** Take from the side what is open and what was found, and show it in the picture. */
  private read(): void {
    const matches = held<number[] | null>("graph-matches");
    const name = document.querySelector<HTMLElement>("#opened")?.dataset["opened"] ?? "";
    const [, number] = /^value-(\d+)$/.exec(name) ?? [];
    const step = name.startsWith("step-") ? name.slice(5) : null;
    const near = held<Step[]>("graph-near") ?? [];
    this.focusOn = { ...this.focusOn, matches: matches ? new Set(matches) : null, value: number ? Number(number) : null, step, near };
    const value = this.focusOn.value ?? near[0]?.to;
    const at = name && value !== undefined ? this.byId.get(value) : undefined;
    if (at) {
      this.focusOn.active = at.id;
      this.camera = showing(this.camera, at, this.size);
    }
    this.draw();
  }
}

customElements.define("mv-graph", Graph);
