/** A question of a judgement, whatever its controls are: radios of one name, a scale, an order, a text. */

export interface Question {
  /** What it is called in the record: the field's name without `answer.`. */
  readonly name: string;
  /** The response it is about, or "" where it is about all of them. */
  readonly slot: string;
  /** The element that is scrolled to and marked. */
  readonly root: HTMLElement;
  answered(): boolean;
  /** Whether the judgement is incomplete without it; hidden questions are not needed. */
  needed(): boolean;
  /** What undo needs to bring it back; null where undo leaves it alone (somebody's own words). */
  keep(): unknown;
  put(kept: unknown): void;
  /** Take the focus. */
  enter(): void;
  /** A key while this question is the current one; true when it was used. */
  press(key: string, modality?: "keyboard"): boolean;
  /** Do these controls belong to it? */
  owns(target: Element): boolean;
}

/** The `.ask` (or fieldset, or the control itself) around a control. */
export function askOf(control: Element): HTMLElement {
  return control.closest<HTMLElement>(".ask") ?? control.closest<HTMLElement>("fieldset") ?? (control as HTMLElement);
}

export function slotOf(control: Element): string {
  return control.closest<HTMLElement>("[data-slot]")?.dataset["slot"] ?? "";
}

export const bare = (name: string): string => name.replace(/^answer\./, "");

/** A question nobody sees, or may leave out, is not needed. */
export function isNeeded(root: HTMLElement): boolean {
  return !root.closest("[hidden], [data-optional], .no-answer");
}

/** Focus without a jump, then show the whole question. */
export function show(control: HTMLElement | null | undefined, root: HTMLElement): void {
  if (!control) return;
  control.focus({ preventScroll: true });
  root.scrollIntoView?.({ block: "nearest" });
}

/** How to ask for what is missing: by what answers it. */
export function kindOf({ root }: Question): "choice" | "scale" | "text" | "any" {
  const has = (what: string): boolean => root.matches(what) || root.querySelector(what) !== null;
  if (has("mv-rank, mv-spans, mv-mushra")) return "any";
  if (has("mv-vas")) return "scale";
  if (has('input[type="radio"]')) return "choice";
  return has("textarea, input[type=text]") ? "text" : "any";
}
