/** The words elements speak: printed by the server as JSON (gettext), never written in TypeScript. */

export type Texts = Readonly<Record<string, string>>;
export type Values = Readonly<Record<string, string | number>>;

/** Read every `<script type="application/json" class="texts">` inside `root` into one table. */
export function readTexts(root: ParentNode = document): Texts {
  const all: Record<string, string> = {};
  for (const script of root.querySelectorAll<HTMLScriptElement>('script.texts[type="application/json"]')) {
    Object.assign(all, JSON.parse(script.textContent || "{}"));
  }
  return all;
}

/** Return the sentence for `key` with `{name}` filled in; the key itself where the page has no such sentence. */
export function say(texts: Texts, key: string, values: Values = {}): string {
  const sentence = texts[key] ?? key;
  return sentence.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** Return hours and minutes of `when` as this reader's language writes them. */
export function clock(when: Date): string {
  const language = document.documentElement.lang || undefined;
  return new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit" }).format(when);
}
