/** What is being written, kept in this window until it is sent: a reload must not cost it. */

/** Keep a text under `place`; an empty one is forgotten. Without a place nothing is kept. */
export function keep(place: string, text: string): void {
  if (!place) return;
  try {
    if (text) sessionStorage.setItem(place, text);
    else sessionStorage.removeItem(place);
  } catch {
    // Storage is full or forbidden: what the server has still serves.
  }
}

/** Return what is kept under `place`, or an empty text. */
export function kept(place: string): string {
  try {
    return (place && sessionStorage.getItem(place)) || "";
  } catch {
    return "";
  }
}
