/** Display logic, as in annotation/profiles/conditions.py: fields with `data-show-if` come and go with the answers; the server decides in the end. */

export interface Condition {
  item: string;
  any?: string[];
  none?: string[];
  not_empty?: boolean;
}

type Conditions = Condition | Condition[] | { any_of: Condition[] };

const SKIP = "data-skipped";

/** Return the answers of `form` as name → list of values; disabled controls do not count. */
export function answers(form: HTMLFormElement): Map<string, string[]> {
  const all = new Map<string, string[]>();
  for (const [name, value] of new FormData(form)) {
    if (typeof value === "string" && value !== "") all.set(name, [...(all.get(name) ?? []), value]);
  }
  return all;
}

/** Show and hide every conditional field of `form`; a field under a hidden one hides too. */
export function applyConditions(form: HTMLFormElement): void {
  const fields = [...form.querySelectorAll<HTMLElement>("[data-show-if]")];
  // A change may uncover the next condition; there are never more rounds than fields.
  for (let round = 0; round <= fields.length; round += 1) {
    const given = answers(form);
    const moved = fields.filter((field) => show(field, holds(field, form, given)));
    if (moved.length === 0) return;
  }
}

function holds(field: HTMLElement, form: HTMLFormElement, given: Map<string, string[]>): boolean {
  const read = JSON.parse(field.dataset["showIf"] || "[]") as Conditions;
  if ("any_of" in read) return read.any_of.some((condition) => met(condition, form, given));
  return [read].flat().every((condition) => met(condition, form, given));
}

function met(condition: Condition, form: HTMLFormElement, given: Map<string, string[]>): boolean {
  // An item of another page cannot be looked at from here: better shown than lost.
  if (![...form.elements].some((e) => (e as HTMLInputElement).name === condition.item)) return true;
  const values = given.get(condition.item) ?? [];
  if (condition.not_empty) return values.length > 0;
  if (condition.any) return values.some((value) => condition.any!.includes(value));
  return !values.some((value) => condition.none?.includes(value));
}

/** Returns whether anything changed. */
function show(field: HTMLElement, visible: boolean): boolean {
  if (field.hidden === !visible) return false;
  field.hidden = !visible;
  for (const control of field.querySelectorAll<HTMLInputElement>("input, select, textarea, button")) {
    if (!visible && !control.disabled) {
      control.disabled = true;
      control.setAttribute(SKIP, "");
    } else if (visible && control.hasAttribute(SKIP) && !control.closest("[data-show-if][hidden]")) {
      control.disabled = false;
      control.removeAttribute(SKIP);
    }
  }
  return true;
}
