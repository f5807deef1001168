/** Paints what was chosen as SVG; elements are kept from one frame to the next, so that focus stays where it is. */

import { short, type Chosen, type Line, type Seen } from "./choose";

const NS = "http://www.w3.org/2000/svg";

export function svg<K extends keyof SVGElementTagNameMap>(tag: K, attributes: Record<string, string | number> = {}): SVGElementTagNameMap[K] {
  const node = document.createElementNS(NS, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value));
  return node;
}

function mark(node: Element, name: string, on: boolean): void {
  node.toggleAttribute(`data-${name}`, on);
}

export class Painter {
  readonly root = svg("svg", { class: "mv-g", role: "group" });
  private readonly dots = svg("path", { class: "mv-g-dots" });
  private readonly faintDots = svg("path", { class: "mv-g-dots mv-g-faint" });
  private readonly lines = svg("g", { "aria-hidden": "true" });
  private readonly nodes = svg("g");
  private readonly names = svg("g", { "aria-hidden": "true" });
  private readonly drawnLines = new Map<string, SVGPathElement>();
  private readonly drawnNodes = new Map<number, SVGAElement>();
  private readonly drawnNames = new Map<number, SVGGElement>();

  constructor(words: string) {
    this.root.setAttribute("aria-label", words);
    const defs = svg("defs");
    const tip = svg("marker", { id: "mv-g-tip", viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 9, markerHeight: 9, markerUnits: "userSpaceOnUse", orient: "auto" });
    tip.append(svg("path", { d: "M0 0 8 4 0 8z", class: "mv-g-tip" }));
    defs.append(tip);
    this.root.append(defs, this.faintDots, this.dots, this.lines, this.nodes, this.names);
  }

  /** Return the element of a value that is drawn large; undefined for a dot. */
  node(id: number): SVGAElement | undefined {
    return this.drawnNodes.get(id);
  }

  paint(chosen: Chosen, active: number | null, focused: number | null): void {
    const path = (quiet: boolean): string =>
      chosen.dots.filter((dot) => dot.quiet === quiet).map(({ at }) => `M${at.x.toFixed(1)} ${at.y.toFixed(1)}h0`).join("");
    this.dots.setAttribute("d", path(false));
    this.faintDots.setAttribute("d", path(true));
    this.keep(this.drawnLines, new Set(chosen.lines.map(({ step }) => step.key)));
    for (const line of chosen.lines) this.line(line);
    const large = new Set(chosen.large.map(({ value }) => value.id));
    this.keep(this.drawnNodes, large, focused);
    this.keep(this.drawnNames, large);
    for (const seen of chosen.large) this.value(seen, seen.value.id === active);
  }

  private keep<K>(drawn: Map<K, Element>, wanted: ReadonlySet<K>, focused: K | null = null): void {
    for (const [key, node] of drawn) {
      if (wanted.has(key) || key === focused) continue;
      node.remove();
      drawn.delete(key);
    }
  }

  private line({ step, from, to, r, bend: beside, near, quiet, chosen }: Line): void {
    let node = this.drawnLines.get(step.key);
    if (!node) {
      node = svg("path", { class: "mv-g-line", "data-step": step.key, "marker-end": "url(#mv-g-tip)" });
      const title = svg("title");
      title.textContent = step.label;
      node.append(title);
      if (!step.supported) node.setAttribute("stroke-dasharray", "5 5");
      this.drawnLines.set(step.key, node);
      this.lines.append(node);
    }
    const dx = to.x - from.x;
    const dy = to.y - from.y;
    const length = Math.max(1, Math.hypot(dx, dy));
    const end = { x: to.x - (dx / length) * (r + 4), y: to.y - (dy / length) * (r + 4) };
    const bend = (Math.min(26, length / 7) * (1 + 0.7 * beside)) / length;
    node.setAttribute("d", `M${from.x.toFixed(1)} ${from.y.toFixed(1)}Q${((from.x + end.x) / 2 - dy * bend).toFixed(1)} ${((from.y + end.y) / 2 + dx * bend).toFixed(1)} ${end.x.toFixed(1)} ${end.y.toFixed(1)}`);
    // Not stroke-opacity: the arrow's head must fade too.
    node.setAttribute("opacity", (quiet ? 0.06 : (0.15 + 0.8 * step.certainty) * (step.supported || chosen ? 1 : 0.6) * (chosen ? 1 : near)).toFixed(2));
    node.setAttribute("stroke-width", ((1 + Math.sqrt(Math.min(step.votes, 60)) * 0.55) * (chosen ? 1 : Math.sqrt(near))).toFixed(1));
    mark(node, "chosen", chosen);
    mark(node, "quiet", quiet);
  }

  private value({ value, at, r, name, shift, quiet, chosen }: Seen, active: boolean): void {
    let node = this.drawnNodes.get(value.id);
    if (!node) {
      node = made(value);
      this.drawnNodes.set(value.id, node);
      this.nodes.append(node);
    }
    let words = this.drawnNames.get(value.id);
    if (!words) {
      words = named(value);
      this.drawnNames.set(value.id, words);
      this.names.append(words);
    }
    for (const one of [node, words]) {
      one.setAttribute("transform", `translate(${at.x.toFixed(1)} ${at.y.toFixed(1)})`);
      mark(one, "quiet", quiet);
      mark(one, "chosen", chosen);
    }
    node.setAttribute("tabindex", active ? "0" : "-1");
    const [ring, shape] = node.querySelectorAll<SVGElement>(".mv-g-ring, .mv-g-shape");
    for (const [one, size] of [[ring!, r + 4], [shape!, r]] as const) {
      if (one.tagName === "rect") {
        for (const side of ["x", "y"]) one.setAttribute(side, (-size).toFixed(1));
        for (const side of ["width", "height"]) one.setAttribute(side, (2 * size).toFixed(1));
      } else one.setAttribute("r", size.toFixed(1));
    }
    const [place, text] = words.querySelectorAll("text");
    const letters = Math.min(13, (2.6 * r) / Math.max(2, String(value.rank).length));
    mark(place!, "hidden", letters < 7);
    place!.setAttribute("font-size", letters.toFixed(1));
    text!.setAttribute("x", shift.toFixed(1));
    text!.setAttribute("y", (r + 15).toFixed(1));
    mark(text!, "hidden", !name);
  }
}

function made(value: Seen["value"]): SVGAElement {
  const node = svg("a", { class: "mv-g-value", href: `#value-${value.id}`, "data-value": value.id, "aria-label": value.label });
  mark(node, "winner", value.winner);
  mark(node, "loose", value.loose);
  const title = svg("title");
  title.textContent = value.label;
  const tag = value.seed ? "rect" : "circle";
  const extra: Record<string, string | number> = value.seed ? { rx: 3 } : {};
  node.append(title, svg(tag, { class: "mv-g-ring", ...extra }), svg(tag, { class: "mv-g-shape", ...extra }));
  return node;
}

/** The words of a value stand over all circles and belong to no link: the link says them itself. */
function named(value: Seen["value"]): SVGGElement {
  const words = svg("g", { class: "mv-g-words" });
  mark(words, "loose", value.loose);
  const place = svg("text", { class: "mv-g-place", "text-anchor": "middle", dy: "0.36em" });
  place.textContent = String(value.rank);
  const name = svg("text", { class: "mv-g-name", "text-anchor": "middle" });
  name.textContent = short(value.title);
  words.append(place, name);
  return words;
}
