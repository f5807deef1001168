/** Display logic: fields with `data-show-if` come and go with the answers; the server decides in the end. */

export interface Condition {
  item: string;
  any?: string[];
  none?: string[];
}

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
    const moved = fields.filter((field) => show(field, holds(field, given)));
    if (moved.length === 0) return;
  }
}

function holds(field: HTMLElement, given: Map<string, string[]>): boolean {
  const read = JSON.parse(field.dataset["showIf"] ?? "[]") as Condition | Condition[];
  return [read].flat().every(({ item, any, none }) => {
    const values = given.get(item) ?? [];
    if (any && !values.some((value) => any.includes(value))) return false;
    return !none || (values.length > 0 && !values.some((value) => none.includes(value)));
  });
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
