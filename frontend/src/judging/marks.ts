/** Spans of a text: offsets count Unicode code points, as the server counts them; no browser string does. */

export interface Mark {
  slot: string;
  start: number;
  end: number;
  label: string;
  severity: string;
}

export interface Word {
  /** First code point, and the one after the last. */
  start: number;
  end: number;
  text: string;
}

const MARKABLE = /[\p{L}\p{N}]/u;

/** Return how many code points lie before the UTF-16 offset `at`. */
export function codePoints(text: string, at: number): number {
  let count = 0;
  for (let i = 0; i < at && i < text.length; count += 1) i += text.codePointAt(i)! > 0xffff ? 2 : 1;
  return count;
}

/** Return the characters from code point `start` to before `end`. */
export function slice(text: string, start: number, end: number): string {
  return [...text].slice(start, end).join("");
}

/** Return where the words stand in `text` for the `occurrence`th time, in code points; null where they do not. */
export function placeOf(text: string, quote: string, occurrence = 1): { start: number; end: number } | null {
  const parts = quote.trim().split(/\s+/).map((part) => part.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&"));
  if (parts[0] === "") return null;
  const found = [...text.matchAll(new RegExp(parts.join("\\s+"), "gu"))][occurrence - 1];
  return found ? { start: codePoints(text, found.index), end: codePoints(text, found.index + found[0].length) } : null;
}

/** Return the text's words; scripts without spaces are parted where the browser knows how. */
export function wordsOf(text: string, language?: string): Word[] {
  const pieces =
    typeof Intl.Segmenter === "function"
      ? [...new Intl.Segmenter(language, { granularity: "word" }).segment(text)].filter((s) => s.isWordLike ?? MARKABLE.test(s.segment)).map((s) => [s.index, s.segment] as const)
      : [...text.matchAll(/\S+/g)].map((m) => [m.index, m[0]] as const);
  let unit = 0;
  let point = 0;
  return pieces.map(([index, word]) => {
    point += codePoints(text.slice(unit), index - unit);
    unit = index;
    return { start: point, end: point + [...word].length, text: word };
  });
}

/** Spread a selection to whole words; null where it touches none. */
export function toWords(words: Word[], start: number, end: number): { start: number; end: number } | null {
  const touched = words.filter((word) => word.start < end && word.end > start);
  return touched.length > 0 ? { start: touched[0]!.start, end: touched.at(-1)!.end } : null;
}

/** Marks in the order of the page. */
export function inOrder(marks: Mark[]): Mark[] {
  return [...marks].sort((a, b) => a.slot.localeCompare(b.slot) || a.start - b.start || a.end - b.end);
}
