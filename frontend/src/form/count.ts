/** How many characters still fit: shown near a field's limit, spoken after a pause, and told where a paste was cut. */

import { h, setText } from "../dom";
import { readTexts, say } from "../texts";

type Field = HTMLInputElement | HTMLTextAreaElement;
interface Count {
  seen: HTMLElement;
  spoken: HTMLElement;
  timer: number;
}

const PAUSE = 1500;
const counts = new WeakMap<Field, Count>();

/** Return from how many characters left on a field of `most` characters says so. */
export function near(most: number): number {
  return Math.min(200, Math.max(15, Math.round(most * 0.15)));
}

/** Watch every text field under `root` that has a `maxlength`, also those that come later. */
export function countFields(root: Document | HTMLElement): void {
  root.addEventListener("input", (event) => limited(event.target) && tell(event.target, 0));
  root.addEventListener("paste", (event) => {
    const field = event.target;
    if (!limited(field)) return;
    const pasted = (event as ClipboardEvent).clipboardData?.getData("text").replace(/\r\n?/g, "\n").length ?? 0;
    const marked = (field.selectionEnd ?? 0) - (field.selectionStart ?? 0);
    const cut = pasted - (field.maxLength - (field.value.length - marked));
    // After the paste: until then the field is as it was.
    if (cut > 0) window.setTimeout(() => tell(field, cut));
  });
}

function limited(target: EventTarget | null): target is Field {
  return (target instanceof HTMLTextAreaElement || (target instanceof HTMLInputElement && target.type === "text")) && target.maxLength > 0 && !target.readOnly;
}

function tell(field: Field, cut: number): void {
  const left = field.maxLength - field.value.length;
  if (left > near(field.maxLength) && !counts.has(field)) return;
  const count = counts.get(field) ?? begin(field);
  if (!count.seen.isConnected) field.after(count.seen, count.spoken);
  const texts = readTexts();
  const told = cut > 0 ? say(texts, "count.cut", { n: cut }) : left > near(field.maxLength) ? "" : left > 0 ? say(texts, "count.left", { n: left }) : say(texts, "count.none");
  setText(count.seen, told);
  count.seen.classList.toggle("full", left <= 0);
  window.clearTimeout(count.timer);
  count.timer = window.setTimeout(() => setText(count.spoken, told), PAUSE);
}

function begin(field: Field): Count {
  const count = { seen: h("p", { class: "count", "aria-hidden": "true" }), spoken: h("p", { class: "hidden-text", role: "status" }), timer: 0 };
  counts.set(field, count);
  return count;
}
