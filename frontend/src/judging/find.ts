/** Reads the questions off a fragment, in the order of the page. */

import type { MvRank } from "../elements/mv-rank";
import type { MvVas } from "../elements/mv-vas";
import { Boxes, Radios, Typed } from "./controls";
import type { Question } from "./question";
import { Order, Own, Scale, type Askable } from "./widgets";

const WHOLE = "mv-vas, mv-rank, mv-spans";
const WIDGETS = `${WHOLE}, mv-mushra`; // whose sliders are questions of their own
const CONTROLS = "input:not([type=hidden]), textarea, select";

export function findQuestions(root: HTMLElement): Question[] {
  const found: Question[] = [];
  const grouped = new Set<string>();
  const inputs = [...root.querySelectorAll<HTMLInputElement>("input")];
  for (const part of root.querySelectorAll<HTMLElement>(`${WIDGETS}, ${CONTROLS}`)) {
    const outer = part.parentElement?.closest(WHOLE);
    if (outer && root.contains(outer)) continue;
    if (part.matches("mv-vas")) found.push(new Scale(part as MvVas));
    else if (part.matches("mv-rank")) found.push(new Order(part as MvRank));
    else if (part.matches(WIDGETS)) found.push(new Own(part as Askable));
    else {
      const { name, type } = part as HTMLInputElement;
      if (!name || grouped.has(name)) continue;
      grouped.add(name);
      const same = inputs.filter((input) => input.name === name && input.type === type);
      if (type === "radio") found.push(new Radios(same));
      else if (type === "checkbox") found.push(new Boxes(same));
      else found.push(new Typed(part as HTMLInputElement));
    }
  }
  return found;
}
