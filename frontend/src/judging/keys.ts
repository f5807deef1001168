/** What a key may mean, and when it belongs to somebody who types. */

/** Is this a place where letters are written? */
export function isTyping(target: Element): boolean {
  if (target.closest("textarea, select, [contenteditable]")) return true;
  return target instanceof HTMLInputElement && !["radio", "checkbox", "range", "button", "submit"].includes(target.type);
}

/** Return the response whose letter this is. */
export function slotKey(key: string, cards: HTMLElement[]): HTMLElement | null {
  return cards.find((card) => card.dataset["slot"] === key.toUpperCase()) ?? null;
}
