/** Two plots of the monitor as SVG, labelled where the eye is, each with its n. */

import { clock } from "../texts";
import { t } from "./words";

export interface Stage { stage: string; title: string; entered: number; left: number }
export interface Hour { hour: string; n: number; failed: number; p50: number | null; p95: number | null }

const NS = "http://www.w3.org/2000/svg";

function svg(tag: string, attributes: Record<string, string | number>, ...children: (Node | string)[]): SVGElement {
  const node = document.createElementNS(NS, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value));
  node.append(...children);
  return node;
}

/** Bars of people per stage: the whole bar entered it, the dark part finished it. */
export function bars(stages: Stage[], link: (stage: string) => string): HTMLElement {
  const most = Math.max(1, ...stages.map((stage) => stage.entered));
  const list = document.createElement("ol");
  list.className = "mv-funnel";
  for (const stage of stages) {
    const row = document.createElement("li");
    const words = document.createElement("a");
    words.href = link(stage.stage);
    words.textContent = stage.title;
    words.dir = "auto";
    const plot = svg("svg", { viewBox: "0 0 100 10", preserveAspectRatio: "none", "aria-hidden": "true" },
      svg("rect", { class: "mv-track", x: 0, y: 0, width: 100, height: 10 }),
      svg("rect", { class: "mv-entered", x: 0, y: 0, width: (100 * stage.entered) / most, height: 10 }),
      svg("rect", { class: "mv-left", x: 0, y: 0, width: (100 * stage.left) / most, height: 10 }));
    const label = document.createElement("span");
    const inside = stage.entered - stage.left;
    label.textContent = t(inside ? "stage.some" : "stage.all", { n: stage.entered, done: stage.left, inside });
    row.append(words, plot, label);
    list.append(row);
  }
  return list;
}

/** Median and 95th percentile of answered calls per hour, as lines with their last value beside them. */
export function latency(hours: Hour[]): HTMLElement {
  const box = document.createElement("div");
  const answered = hours.filter((hour) => hour.p95 !== null);
  const n = hours.reduce((sum, hour) => sum + hour.n, 0);
  const failed = hours.reduce((sum, hour) => sum + hour.failed, 0);
  const caption = document.createElement("p");
  caption.className = "mv-quiet";
  caption.textContent = t("calls", { n, failed });
  box.append(caption);
  if (!answered.length) return box;
  const W = 640, H = 170, L = 44, R = 96, T = 12, B = 24;
  const from = Date.parse(hours[0]!.hour), to = Date.parse(hours[hours.length - 1]!.hour);
  const top = nice(Math.max(...answered.map((hour) => hour.p95!)));
  const x = (hour: Hour): number => L + (to === from ? 0.5 : (Date.parse(hour.hour) - from) / (to - from)) * (W - L - R);
  const y = (ms: number): number => T + (1 - ms / top) * (H - T - B);
  const plot = svg("svg", { viewBox: `0 0 ${W} ${H}`, class: "mv-plot", role: "img", "aria-label": t("plot", { p50: seconds(answered.at(-1)!.p50!), p95: seconds(answered.at(-1)!.p95!) }) });
  for (const part of [0, 0.5, 1]) {
    plot.append(svg("line", { class: "mv-grid", x1: L, x2: W - R, y1: y(top * part), y2: y(top * part) }));
    plot.append(svg("text", { x: L - 6, y: y(top * part) + 4, "text-anchor": "end" }, seconds(top * part)));
  }
  const ends: [string, number, string][] = [];
  for (const [key, label] of [["p50", t("median")], ["p95", t("p95")]] as const) {
    plot.append(svg("polyline", { class: `mv-line mv-${key}`, points: answered.map((hour) => `${x(hour)},${y(hour[key]!)}`).join(" ") }));
    for (const hour of answered) {
      plot.append(svg("circle", { class: `mv-dot mv-${key}`, cx: x(hour), cy: y(hour[key]!), r: 3 },
        svg("title", {}, `${new Date(hour.hour).toLocaleString([], { hour: "2-digit", minute: "2-digit", weekday: "short" })}: ${label} ${seconds(hour[key]!)}, n = ${hour.n}`)));
    }
    ends.push([label, y(answered.at(-1)![key]!), seconds(answered.at(-1)![key]!)]);
  }
  // The two labels at the right end are pushed apart where the lines meet.
  if (Math.abs(ends[0]![1] - ends[1]![1]) < 15) ends[0]![1] = ends[1]![1] + 15;
  for (const [label, at, value] of ends) plot.append(svg("text", { x: W - R + 8, y: Math.min(at + 4, H - 4) }, `${label} ${value}`));
  for (const hour of new Set([hours[0]!, hours[hours.length - 1]!])) {
    plot.append(svg("text", { x: x(hour), y: H - 6, "text-anchor": "middle" }, clock(new Date(hour.hour))));
  }
  box.append(plot);
  return box;
}

function seconds(ms: number): string {
  return ms < 950 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

function nice(ms: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(ms, 1)));
  return [1, 2, 5, 10].map((n) => n * power).find((n) => n >= ms) ?? ms;
}
