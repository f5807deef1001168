import { beforeEach, expect, test, vi } from "vitest";
import { boxOf, held, onScreen, showing, whole, zoomed } from "./camera";
import { choose, nextValue, short, type Focus, type Scene, type Step, type Value } from "./choose";
import { named } from "./side";

const SIZE = { width: 600, height: 480 };
const NOTHING: Focus = { matches: null, value: null, step: null, active: null, near: [] };

function value(id: number, x: number, y: number, more: Partial<Value> = {}): Value {
  return { id, title: `Value ${id}`, x, y, r: 12, rank: id, seed: false, winner: false, loose: false, label: `Value ${id}`, ...more };
}

function step(from: number, to: number, more: Partial<Step> = {}): Step {
  return { key: `${from}-${to}`, from, to, votes: 5, certainty: 0.8, supported: true, label: "", ...more };
}

function grid(count: number): Scene {
  const side = Math.ceil(Math.sqrt(count));
  const values = Array.from({ length: count }, (_, n) => value(n + 1, (n % side) * 60, Math.floor(n / side) * 60));
  return { values, steps: values.slice(1).map((one) => step(one.id - 1, one.id)), left: 0 };
}

test("the whole graph fits, and zooming keeps what is under the pointer", () => {
  const scene = grid(2000);
  const camera = whole(boxOf(scene.values), SIZE);
  for (const one of scene.values) {
    const at = onScreen(camera, one);
    expect(at.x).toBeGreaterThan(0);
    expect(at.x).toBeLessThan(SIZE.width);
    expect(at.y).toBeGreaterThan(0);
    expect(at.y).toBeLessThan(SIZE.height);
  }
  const pointer = { x: 123, y: 77 };
  const there = { x: (pointer.x - camera.x) / camera.k, y: (pointer.y - camera.y) / camera.k };
  const closer = zoomed(camera, 3, pointer, camera.k);
  expect(onScreen(closer, there).x).toBeCloseTo(123);
  expect(onScreen(closer, there).y).toBeCloseTo(77);
  expect(zoomed(closer, 0.001, pointer, camera.k).k).toBeCloseTo(camera.k);
});

test("the picture can neither be lost nor need moving for what is in it", () => {
  const box = boxOf([{ x: 0, y: 0 }, { x: 100, y: 100 }]);
  const lost = held({ x: 9999, y: -9999, k: 1 }, box, SIZE);
  expect(lost.x).toBeLessThan(SIZE.width);
  expect(lost.y + 100).toBeGreaterThan(0);
  const camera = { x: 200, y: 200, k: 1 };
  expect(showing(camera, { x: 10, y: 10 }, SIZE)).toBe(camera);
  const moved = showing(camera, { x: 900, y: 10 }, SIZE);
  expect(onScreen(moved, { x: 900, y: 10 }).x).toBe(SIZE.width - 70);
});

test("of many values few are large from afar and more from near; every other one in view is a dot", () => {
  const scene = grid(2000);
  const far = whole(boxOf(scene.values), SIZE);
  const seen = choose(scene, far, SIZE, NOTHING);
  expect(seen.large.length).toBeLessThan(60);
  expect(seen.large.length + seen.dots.length).toBe(2000);
  expect(seen.lines.length).toBeLessThanOrEqual(260);
  const near = choose(scene, zoomed(far, 12, { x: 300, y: 240 }, far.k), SIZE, NOTHING);
  expect(near.large.length).toBeGreaterThan(seen.large.length);
});

test("what is open, looked for or active is drawn large wherever it ranks, with what is next to it", () => {
  const scene = grid(2000);
  const far = whole(boxOf(scene.values), SIZE);
  const ids = (focus: Partial<Focus>): number[] => choose(scene, far, SIZE, { ...NOTHING, ...focus }).large.map(({ value: one }) => one.id);
  expect(ids({})).not.toContain(1777);
  expect(ids({ value: 1777 })).toEqual(expect.arrayContaining([1776, 1777, 1778]));
  expect(ids({ active: 1999 })).toContain(1999);
  expect(ids({ matches: new Set([1500]) })).toContain(1500);
  const near = step(1777, 3, { key: "1777-3-late" });
  const lines = choose(scene, far, SIZE, { ...NOTHING, value: 1777, near: [near] }).lines;
  expect(lines.find((line) => line.step.key === "1777-3-late")?.chosen).toBe(true);
  expect(lines.filter((line) => !line.chosen).every((line) => line.quiet)).toBe(true);
});

test("names do not cover one another, and those at the rim come inside", () => {
  const scene: Scene = { values: [value(1, 0, 0, { title: "A name that is rather long to read" }), value(2, 6, 3), value(3, 300, 100)], steps: [], left: 0 };
  const { large } = choose(scene, { x: 20, y: 200, k: 1 }, SIZE, NOTHING);
  const byId = new Map(large.map((one) => [one.value.id, one]));
  expect([byId.get(1)!.name, byId.get(2)!.name].filter(Boolean)).toHaveLength(1);
  expect(byId.get(1)!.shift).toBeGreaterThan(0);
  expect(byId.get(3)!.shift).toBe(0);
  expect(short("A name that is rather long to read")).toHaveLength(26);
});

test("steps that are not supported are drawn last and few, the same pair side by side", () => {
  const scene = grid(4);
  scene.steps = [step(1, 2, { key: "a" }), step(1, 2, { key: "b" }), ...Array.from({ length: 40 }, (_, n) => step(3, 4, { key: `c${n}`, supported: false }))];
  const { lines } = choose(scene, whole(boxOf(scene.values), SIZE), SIZE, NOTHING);
  expect(lines.slice(0, 2).map((line) => line.bend)).toEqual([0, 1]);
  expect(lines).toHaveLength(14);
});

test("an arrow key goes to what lies that way", () => {
  const values = [value(1, 0, 0), value(2, 100, 5), value(3, 40, 200), value(4, -80, 0)];
  expect(nextValue(values, values[0]!, 1, 0)?.id).toBe(2);
  expect(nextValue(values, values[0]!, 0, 1)?.id).toBe(3);
  expect(nextValue(values, values[0]!, -1, 0)?.id).toBe(4);
  expect(nextValue(values, values[1]!, 1, 0)).toBeNull();
});

test("an address names a value or a step and nothing else", () => {
  expect(named("#value-12")).toBe("value-12");
  expect(named("#step-1-2-being-asked")).toBe("step-1-2-being-asked");
  expect(named("#values")).toBeNull();
  expect(named("#value-1%22%3E")).toBeNull();
});

const PAGE = `
  <div id="graph-side"><section id="list"><form class="mv-graph-search"><input type="search" name="q"><select name="sort"><option>rank</option></select></form>
  <ol><li><a href="?open=value-2#opened" data-open="value-2">Value 2</a></li></ol></section></div>
  <mv-graph data-status="Zoom PERCENT: COUNT of ALL, LINES of STEPS" data-failed="Not now" data-words="The graph">
    <div class="mv-graph-tools" role="toolbar" hidden><button data-do="in">+</button></div>
    <div class="mv-drawing">a drawing</div><p class="mv-graph-hint" hidden></p><p role="status"></p>
    <script type="application/json" id="graph-scene">SCENE</script></mv-graph>`;
const OPENED = `<div id="graph-side"><section id="opened" data-opened="value-2"><a href="?" data-back>Back</a><h3 id="opened-title" tabindex="-1">Value 2</h3></section>
  <script type="application/json" id="graph-matches">null</script></div>`;

beforeEach(async () => {
  vi.stubGlobal("ResizeObserver", class { observe(): void {} disconnect(): void {} });
  vi.stubGlobal("requestAnimationFrame", (paint: () => void) => { paint(); return 0; });
  history.replaceState(null, "", "/graph/");
  await import("./mv-graph");
  document.body.replaceChildren();
});

function open(): Element {
  const scene: Scene = { values: [value(1, 0, 0), value(2, 200, 100, { seed: true })], steps: [step(2, 1, { supported: false })], left: 0 };
  document.body.innerHTML = PAGE.replace("SCENE", JSON.stringify(scene));
  return document.querySelector("mv-graph")!;
}

test("the element draws values as links with one tab stop, seeds as squares, unsupported steps broken", () => {
  const graph = open();
  const links = [...graph.querySelectorAll("a.mv-g-value")];
  expect(links.map((link) => [link.getAttribute("href"), link.getAttribute("tabindex")])).toEqual([["#value-1", "0"], ["#value-2", "-1"]]);
  expect(graph.querySelectorAll("a rect.mv-g-shape")).toHaveLength(1);
  expect(graph.querySelector("[data-step]")?.getAttribute("stroke-dasharray")).toBe("5 5");
  expect(graph.querySelector<HTMLElement>("[role=toolbar]")?.hidden).toBe(false);
});

test("Enter on a value brings what stands behind it and puts the focus there; a failure is said and leaves the list", async () => {
  const graph = open();
  const answer = vi.fn((address: URL) => {
    void address;
    return Promise.resolve(new Response(OPENED));
  });
  vi.stubGlobal("fetch", answer);
  graph.querySelector("a[href='#value-2']")!.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true }));
  await vi.waitFor(() => expect(document.activeElement?.id).toBe("opened-title"));
  expect(String(answer.mock.calls[0]![0])).toContain("?open=value-2&part=list");
  expect(location.hash).toBe("#value-2");
  expect(graph.querySelector("a[href='#value-2']")?.hasAttribute("data-chosen")).toBe(true);
  vi.stubGlobal("fetch", () => Promise.resolve(new Response("", { status: 502 })));
  document.querySelector<HTMLElement>("[data-back]")!.click();
  await vi.waitFor(() => expect(graph.querySelector("[role=status]")?.textContent).toBe("Not now"));
  expect(document.querySelector("#opened")).not.toBeNull();
});
