/** What of a graph is drawn at a scale: the values that matter most large, all others as dots, names that do not collide. */

import { onScreen, type Camera, type Point, type Size } from "./camera";

export interface Value { id: number; title: string; x: number; y: number; r: number; rank: number; seed: boolean; winner: boolean; loose: boolean; label: string }
export interface Step { key: string; from: number; to: number; votes: number; certainty: number; supported: boolean; label: string }
export interface Scene { values: Value[]; steps: Step[]; left: number }

/** What is looked for and what is open: `matches` null where nothing is looked for. */
export interface Focus { matches: ReadonlySet<number> | null; value: number | null; step: string | null; active: number | null; near: Step[] }

export interface Seen { value: Value; at: Point; r: number; name: boolean; shift: number; quiet: boolean; chosen: boolean }
export interface Line { step: Step; from: Point; to: Point; r: number; bend: number; near: number; quiet: boolean; chosen: boolean }
export interface Chosen { large: Seen[]; dots: { at: Point; quiet: boolean }[]; lines: Line[] }

const LARGE = 90;
const LINES = 260;
const DOT = 3;
const LETTER = 6.9;
const LINE = 17;
export const LONGEST = 26;

/** Return a title as short as the picture writes it. */
export function short(title: string): string {
  return title.length <= LONGEST ? title : `${title.slice(0, LONGEST - 1).trimEnd()}…`;
}

/** Return what to draw. Importance: what is open, what was looked for, who comes first, many cards, a high place. */
export function choose(scene: Scene, camera: Camera, size: Size, focus: Focus): Chosen {
  const steps = focus.near.length ? withNear(scene.steps, focus.near) : scene.steps;
  const beside = neighbours(steps, focus);
  const grow = Math.min(1.5, Math.max(scene.values.length > LARGE ? 0.42 : 0.75, Math.sqrt(camera.k)));
  const inside = scene.values
    .map((value) => ({ value, at: onScreen(camera, value), r: value.r * grow }))
    .filter(({ at, r }) => at.x > -r - 60 && at.x < size.width + r + 60 && at.y > -r - 30 && at.y < size.height + r + 10);
  const weight = ({ value }: { value: Value }): number =>
    (value.id === focus.value || value.id === focus.active ? 1e6 : 0) + (beside.has(value.id) ? 1e5 : 0) +
    (focus.matches?.has(value.id) ? 1e4 : 0) + (value.winner ? 1e3 : 0) + value.r * 10 - value.rank / 1e4;
  inside.sort((a, b) => weight(b) - weight(a));
  // Where values stand too close for circles, fewer of them are circles: the others are dots until one looks closer.
  const room = camera.k > 0.45 ? LARGE : Math.round(LARGE * Math.max(0.3, camera.k / 0.45));
  const few = scene.values.length <= room;
  const large: Seen[] = [];
  const dots: { at: Point; quiet: boolean }[] = [];
  const taken: number[][] = [];
  for (const [n, one] of inside.entries()) {
    const { value, at, r } = one;
    const quiet = isQuiet(value.id, focus, beside);
    const known = value.id === focus.value || value.id === focus.active;
    if (!few && n >= room && !known) {
      dots.push({ at, quiet });
      continue;
    }
    const half = (short(value.title).length * LETTER) / 2 + 4;
    // A name at the rim is moved inside, as long as its circle is there.
    const shift = at.x > 0 && at.x < size.width ? Math.max(0, half - at.x) - Math.max(0, at.x + half - size.width) : 0;
    const box = [at.x + shift - half, at.y + r + 2, at.x + shift + half, at.y + r + 2 + LINE];
    const name = (!quiet || known) && (known || !taken.some((other) => meets(box, other)));
    if (name) taken.push(box);
    taken.push([at.x - r, at.y - r, at.x + r, at.y + r]);
    large.push({ value, at, r, name, shift, quiet, chosen: value.id === focus.value });
  }
  const sizes = new Map(large.map(({ value, r }) => [value.id, r]));
  for (const { value } of inside) if (!sizes.has(value.id)) sizes.set(value.id, DOT);
  return { large, dots, lines: linesOf(steps, scene, camera, sizes, large.length, focus) };
}

function linesOf(steps: readonly Step[], scene: Scene, camera: Camera, sizes: ReadonlyMap<number, number>, large: number, focus: Focus): Line[] {
  const byId = new Map(scene.values.map((value) => [value.id, value]));
  const lines: Line[] = [];
  const beside = new Map<string, number>();
  const open = Math.max(12, Math.round(1.5 * large)); // more that are not supported would only hide the others
  let loose = 0;
  // From far away the lines of a large graph are a texture, not lines.
  const near = scene.values.length > LARGE ? Math.min(1, Math.max(0.22, camera.k * 1.6)) : 1;
  for (const step of steps) {
    const source = byId.get(step.from);
    const target = byId.get(step.to);
    if (!source || !target) continue;
    const chosen = step.key === focus.step || step.from === focus.value || step.to === focus.value;
    if (!chosen && (lines.length >= LINES || !sizes.has(step.from) || !sizes.has(step.to))) continue;
    if (!chosen && !step.supported && (loose += 1) > open) continue;
    const pair = `${step.from} ${step.to}`;
    const bend = beside.get(pair) ?? 0; // the same pair in another situation runs beside
    beside.set(pair, bend + 1);
    const quiet = !chosen && (focus.value !== null || focus.step !== null || far(step, focus));
    lines.push({ step, from: onScreen(camera, source), to: onScreen(camera, target), r: sizes.get(step.to) ?? DOT, bend, near, quiet, chosen });
  }
  return lines;
}

function far(step: Step, focus: Focus): boolean {
  return focus.matches !== null && !(focus.matches.has(step.from) && focus.matches.has(step.to));
}

function isQuiet(id: number, focus: Focus, beside: ReadonlySet<number>): boolean {
  if (focus.value !== null || focus.step !== null) return id !== focus.value && !beside.has(id);
  return focus.matches !== null && !focus.matches.has(id);
}

function neighbours(steps: readonly Step[], focus: Focus): Set<number> {
  const found = new Set<number>();
  for (const step of steps) {
    if (step.key === focus.step || step.from === focus.value) found.add(step.to);
    if (step.key === focus.step || step.to === focus.value) found.add(step.from);
  }
  return found;
}

function withNear(steps: readonly Step[], near: readonly Step[]): Step[] {
  const keys = new Set(near.map((step) => step.key));
  return [...near, ...steps.filter((step) => !keys.has(step.key))];
}

function meets(a: number[], b: number[]): boolean {
  return a[0]! < b[2]! && a[2]! > b[0]! && a[1]! < b[3]! && a[3]! > b[1]!;
}

/** Return the value that lies next in a direction, as an arrow key asks; null where there is none. */
export function nextValue(values: readonly Value[], from: Value, dx: number, dy: number): Value | null {
  let best: Value | null = null;
  let least = Infinity;
  for (const value of values) {
    const along = (value.x - from.x) * dx + (value.y - from.y) * dy;
    const aside = Math.abs((value.x - from.x) * dy) + Math.abs((value.y - from.y) * dx);
    if (value === from || along <= 1) continue;
    // What lies more beside than ahead is taken only where nothing else is.
    const far = along + 2.2 * aside + (aside > 1.5 * along ? 1e6 : 0);
    if (far < least) [best, least] = [value, far];
  }
  return best;
}
