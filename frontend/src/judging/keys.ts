/** What a key may mean, and when it belongs to somebody who types. */

/** Is this a place where letters are written? */
export function isTyping(target: Element): boolean {
  if (target.closest("textarea, select, [contenteditable]")) return true;
  return target instanceof HTMLInputElement && !["radio", "checkbox", "range", "button", "submit"].includes(target.type);
}

/** Return what a key means here: on keyboards of other scripts the place of a key says which letter or digit it is. */
export function keyOf(event: KeyboardEvent): string {
  const { key, code, shiftKey } = event;
  if (key.length !== 1 || /^[a-z0-9=]$/i.test(key)) return key;
  // French keyboards write digits with Shift; here they need none.
  if (/^Digit\d$/.test(code) && !shiftKey) return code.slice(5);
  return /^Key[A-Z]$/.test(code) && key > "\u007f" ? code.slice(3).toLowerCase() : key;
}

/** Return the response whose letter this is. */
export function slotKey(key: string, cards: HTMLElement[]): HTMLElement | null {
  return cards.find((card) => card.dataset["slot"] === key.toUpperCase()) ?? null;
}
