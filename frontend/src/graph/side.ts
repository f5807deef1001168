/** The side beside the picture: its links and forms bring only the side anew, painted by the server. */

export interface Brought { opened: string | null; searched: boolean }

/** Replace the side by the one at `address`; false where it could not be had. */
export async function bring(address: URL, signal: AbortSignal): Promise<boolean> {
  const asked = new URL(address);
  asked.searchParams.set("part", "list");
  asked.hash = "";
  const answer = await fetch(asked, { signal, headers: { Accept: "text/html" } });
  if (!answer.ok || answer.redirected) return false;
  const side = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("graph-side");
  if (!side) return false;
  document.getElementById("graph-side")?.replaceWith(side);
  return true;
}

/** Return the data that a script element of the page holds; null where there is none. */
export function held<T>(id: string): T | null {
  const text = document.getElementById(id)?.textContent;
  return text ? (JSON.parse(text) as T) : null;
}

/** Return what an address' fragment names: `value-12` or `step-1-12-being-asked`. */
export function named(hash: string): string | null {
  const name = decodeURIComponent(hash.replace(/^#/, ""));
  return /^(value-\d+|step-[\w-]+)$/.test(name) ? name : null;
}

/** Return the address of a form's answers on this page. */
export function ofForm(form: HTMLFormElement): URL {
  const address = new URL(location.href);
  address.search = "";
  address.hash = "";
  for (const [name, value] of new FormData(form)) if (typeof value === "string" && value) address.searchParams.set(name, value);
  return address;
}
