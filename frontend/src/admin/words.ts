/** The words of the staff pages: gettext's, printed by the server, with what is not there made from the key. */

import { readTexts, say, type Texts, type Values } from "../texts";

let table: Texts | null = null;

/** Return the sentence for `key` with its values filled in. */
export function t(key: string, values: Values = {}): string {
  return say(texts(), key, values);
}

/** Return the sentence for `key` where the page has one. */
export function maybe(key: string): string | undefined {
  return texts()[key];
}

/** Return a key of the document in words: `return_url` → `Return url`, or what the server calls it. */
export function inWords(key: string): string {
  const given = maybe(`name.${key}`);
  if (given) return given;
  const words = key.replace(/_/g, " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Return what a kind (of stage, question, scale) is called. */
export function kindInWords(kind: string): string {
  return maybe(`kind.${kind}`) ?? inWords(kind);
}

function texts(): Texts {
  // Read once: the page's words do not change, and every field asks for some.
  if (!table || !Object.keys(table).length) table = readTexts();
  return table;
}
