/** Places in a study's document: what they are called, and which names may stand there. */

import type { Options } from "./fields";
import type { Json, Obj } from "./schema";
import { inWords } from "./words";

/** The editor's sections and the top-level fields each shows. */
export const SECTIONS: [string, string[]][] = [
  ["about", ["title", "summary", "languages", "minutes", "pay", "devices", "contact", "ethics"]],
  ["stages", ["stages"]],
  ["people", ["participants", "recruitment", "withdrawal"]],
  ["arms", ["factors", "arms", "assignment", "quotas"]],
  ["models", ["models", "budget"]],
];

/** Return the way to a place as a person reads it: `stages.3.pages.0.id` → `Stages › survey › page › Id`. */
export function crumb(place: string, doc: Obj): string {
  let here: Json | undefined = doc;
  const words: string[] = [];
  for (const part of place.split(".")) {
    const inList: boolean = Array.isArray(here);
    here = Array.isArray(here) ? here[Number(part)] : isObject(here) ? here[part] : undefined;
    words.push(inList ? called(here) || String(Number(part) + 1) : inWords(part));
  }
  return words.join(" › ");
}

/** Return the names that may stand at a place, or null where anything may. */
export function namesAt(
  place: string, doc: Obj, given: { models: string[]; languages: Record<string, string> },
): Options | null {
  if (place === "languages") return Object.entries(given.languages).map(([code, name]) => [code, `${name} (${code})`]);
  if (place === "models") return given.models.map((name) => [name, name]);
  if (place === "quotas.after" || place === "assignment.after") return namesIn(doc["stages"], "id");
  const arms = namesIn(doc["arms"], "key");
  return /^stages\.\d+\.arms$/.test(place) && arms.length > 1 ? arms : null;
}

/** Return the factors whose levels stand at a place, or null. */
export function factorsAt(place: string, doc: Obj): Record<string, string[]> | null {
  const factors = doc["factors"];
  if (!/^arms\.\d+\.levels$/.test(place) || !isObject(factors)) return null;
  const known = Object.entries(factors).map(([name, levels]) => [name, Array.isArray(levels) ? levels.map(String) : []]);
  return known.length ? (Object.fromEntries(known) as Record<string, string[]>) : null;
}

function namesIn(rows: Json | undefined, key: string): Options {
  return (Array.isArray(rows) ? rows : []).map(called).filter(Boolean).map((name) => [name, name]);

  function called(row: Json): string {
    return isObject(row) && typeof row[key] === "string" ? row[key] : "";
  }
}

function called(row: Json | undefined): string {
  if (!isObject(row)) return "";
  return String([row["id"], row["key"], row["item"]].find((name) => typeof name === "string" && name) ?? "");
}

function isObject(value: Json | undefined): value is Obj {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The field of `place` within `panel`, or the closest one around it. */
export function nearest(panel: HTMLElement, place: string): HTMLElement | null {
  const parts = place.split(".");
  while (parts.length) {
    const box = panel.querySelector<HTMLElement>(`[data-place="${CSS.escape(parts.join("."))}"]`);
    if (box) return box;
    parts.pop();
  }
  return null;
}

/** Open every card of `panel` on the way to `place`. */
export function openTo(panel: HTMLElement, place: string): void {
  const parts = place.split(".");
  for (let n = 1; n <= parts.length; n += 1) {
    const box = panel.querySelector<HTMLElement>(`[data-place="${CSS.escape(parts.slice(0, n).join("."))}"]`);
    if (box instanceof HTMLDetailsElement) {
      box.open = true;
      box.dispatchEvent(new Event("mv-fill"));
    }
    box?.closest("details")?.setAttribute("open", "");
  }
}

/** The section that shows a place. */
export function sectionOf(place: string): string | undefined {
  const top = place.split(".")[0] ?? "";
  return SECTIONS.find(([, names]) => names.includes(top))?.[0];
}
