/** One field of the study editor: a label, its help, the widget, and the place mistakes are shown at. */

import { h } from "../dom";
import { levels, oneOf, severalOf } from "./choosing";
import { lists, maps } from "./collections";
import { fresh, resolve, widget, withoutNull, type Json, type Obj, type Schema } from "./schema";
import { inWords, kindInWords, maybe, t } from "./words";

/** Values and what they are called. */
export type Options = [string, string][];

/** What every field needs to know. `changed` is called after the document was written to. */
export interface Form {
  root: Schema;
  languages: () => string[];
  changed: () => void;
  /** Paint again what other fields depend on: languages, factors. */
  repaint: () => void;
  /** The names that may stand at a place, where the study or the server knows them. */
  options: (place: string) => Options | null;
  /** The factors whose levels stand at a place. */
  factors: (place: string) => Record<string, string[]> | null;
}

/** Where a field reads and writes: an object or list of the document, and the key in it. */
export interface Slot {
  holder: Obj | Json[];
  key: string | number;
  place: string;
}

const LONG = /^(body|text|intro|summary|inspiration|instruction|joint_instruction|guidance|help|decline)$/;
let made = 0;

export function read(slot: Slot): Json | undefined {
  return (slot.holder as Obj)[slot.key as string];
}

export function write(form: Form, slot: Slot, value: Json | undefined): void {
  if (value === undefined && !Array.isArray(slot.holder)) delete slot.holder[slot.key as string];
  else (slot.holder as Obj)[slot.key as string] = value as Json;
  form.changed();
}

/** Build the fields of an object, in the schema's order; `only` picks some of them. */
export function objectFields(form: Form, schema: Schema, value: Obj, place: string, only?: string[]): HTMLElement {
  const box = h("div", { class: "mv-fields" });
  const names = only ?? Object.keys(schema.properties ?? {});
  const rare: HTMLElement[] = [];
  for (const name of names) {
    const inner = schema.properties?.[name];
    if (!inner || resolve(form.root, inner).const !== undefined) continue;
    const at = place ? `${place}.${name}` : name;
    const needed = schema.required?.includes(name) ?? false;
    const node = field(form, inner, { holder: value, key: name, place: at }, inWords(name), needed);
    const known = form.options(at) !== null || form.factors(at) !== null;
    const common = only !== undefined || needed || known || value[name] !== undefined ||
      (["title", "label", "text", "options"].includes(name) && widget(form.root, inner).is !== "boolean");
    if (common) box.append(node);
    else rare.push(node);
  }
  if (rare.length) {
    box.append(h("details", { class: "mv-rare" }, h("summary", {}, t("more", { n: rare.length })), ...rare));
  }
  return box;
}

/** Build one field with its label. */
export function field(form: Form, raw: Schema, slot: Slot, label: string, needed: boolean): HTMLElement {
  const { schema, optional } = withoutNull(form.root, raw);
  const kind = widget(form.root, schema);
  const id = `mv-${++made}`;
  const described = maybe(`help.${slot.place}`) ?? (["object", "kinds"].includes(kind.is) ? undefined : schema.description);
  const help = described ? h("p", { class: "mv-help", id: `${id}-help` }, described) : null;
  const mistake = h("p", { class: "mv-mistake", hidden: true });
  const grouped = ["object", "kinds", "either", "list", "map", "local"].includes(kind.is) || (kind.is === "words" && form.options(slot.place) !== null);
  const body = input(form, schema, slot, id, optional || !needed);
  if (help && !grouped) body.setAttribute("aria-describedby", help.id);
  const mark = needed ? "" : kind.is === "boolean" || grouped ? "" : t("optional");
  if (kind.is === "boolean") {
    return h("div", { class: "mv-field mv-tick", "data-place": slot.place }, h("label", { for: id }, body, label), help, mistake);
  }
  const title = h(grouped ? "span" : "label", grouped ? { class: "mv-label", id: `${id}-label` } : { class: "mv-label", for: id }, label);
  if (mark) title.append(" ", h("span", { class: "mv-quiet" }, mark));
  const box = h("div", { class: "mv-field", "data-place": slot.place, "data-widget": kind.is }, title, help, body, mistake);
  if (grouped) {
    box.setAttribute("role", "group");
    box.setAttribute("aria-labelledby", `${id}-label`);
  }
  return box;
}

function input(form: Form, schema: Schema, slot: Slot, id: string, optional: boolean): HTMLElement {
  const kind = widget(form.root, schema);
  switch (kind.is) {
    case "fixed":
      return h("output", { id }, String(kind.value));
    case "local":
      return localText(form, schema, slot, id);
    case "number":
      return numberBox(form, schema, slot, id);
    case "boolean": {
      const box = h("input", { type: "checkbox", id });
      box.checked = (read(slot) ?? schema.default) === true;
      box.addEventListener("change", () => write(form, slot, box.checked));
      return box;
    }
    case "choice":
      return choice(form, kind.values.map(String), slot, id, schema, optional);
    case "words": {
      const names = form.options(slot.place);
      return names ? severalOf(form, slot, id, names, schema.default) : words(form, schema, slot, id);
    }
    case "list":
      return lists(form, kind.item, slot);
    case "map":
      return form.factors(slot.place) ? levels(form, slot, () => form.factors(slot.place) ?? {}) : maps(form, kind.value, slot);
    case "object":
      return inside(form, schema, slot, optional);
    case "kinds":
      return kinds(form, kind.key, kind.kinds, schema, slot);
    case "either":
      return either(form, kind.ways, schema, slot, optional);
    default:
      if (form.options(slot.place)) return oneOf(form, slot, id, optional, () => form.options(slot.place) ?? []);
      return textBox(form, schema, slot, id);
  }
}

function textBox(form: Form, schema: Schema, slot: Slot, id: string): HTMLElement {
  const long = LONG.test(String(slot.key));
  const box = long ? h("textarea", { id, rows: 4, dir: "auto" }) : h("input", { type: "text", id, dir: "auto" });
  box.value = String(read(slot) ?? "");
  if (typeof schema.default === "string" && schema.default) box.setAttribute("placeholder", schema.default);
  box.addEventListener("input", () => write(form, slot, box.value === "" && schema.default !== undefined ? undefined : box.value));
  return box;
}

function numberBox(form: Form, schema: Schema, slot: Slot, id: string): HTMLElement {
  const box = h("input", {
    type: "number", id, min: schema.minimum, max: schema.maximum, step: schema.type === "integer" ? 1 : "any",
    placeholder: typeof schema.default === "number" ? schema.default : undefined,
  });
  const value = read(slot);
  box.value = value === undefined || value === null ? "" : String(value);
  box.addEventListener("input", () => write(form, slot, box.value === "" ? undefined : Number(box.value)));
  return box;
}

function choice(form: Form, values: string[], slot: Slot, id: string, schema: Schema, optional: boolean): HTMLElement {
  const box = h("select", { id });
  if (optional) box.append(h("option", { value: "" }, schema.default ? t("usual", { value: inWords(String(schema.default)) }) : "–"));
  for (const value of values) box.append(h("option", { value }, inWords(value)));
  box.value = String(read(slot) ?? "");
  box.addEventListener("change", () => write(form, slot, box.value === "" ? undefined : box.value));
  return box;
}

/** A text per language of the study; with one language a single box. */
function localText(form: Form, schema: Schema, slot: Slot, id: string): HTMLElement {
  const languages = form.languages();
  const value = read(slot);
  const rows = LONG.test(String(slot.key)) ? 4 : 1;
  const said = (language: string): string => {
    if (typeof value === "string") return language === (languages.includes("en") ? "en" : languages[0]) ? value : "";
    return value && typeof value === "object" && !Array.isArray(value) ? String(value[language] ?? "") : "";
  };
  const boxes = languages.map((language, n) => {
    const box = h("textarea", { id: n ? `${id}-${language}` : id, rows, dir: "auto", lang: language, "aria-label": language });
    box.value = said(language);
    if (typeof schema.default === "string" && schema.default) box.placeholder = schema.default;
    return [language, box] as const;
  });
  const store = (): void => {
    const given = boxes.filter(([, box]) => box.value !== "");
    const several = languages.length > 1 || (typeof value === "object" && value !== null);
    if (!given.length) write(form, slot, schema.default !== undefined ? undefined : "");
    else write(form, slot, several ? Object.fromEntries(given.map(([l, box]) => [l, box.value])) : given[0]![1].value);
  };
  const rowsOf = boxes.map(([language, box]) => {
    box.addEventListener("input", store);
    return languages.length > 1 ? h("div", { class: "mv-language" }, h("span", { "aria-hidden": "true" }, language), box) : box;
  });
  return h("div", { class: "mv-local" }, ...rowsOf);
}

function words(form: Form, schema: Schema, slot: Slot, id: string): HTMLElement {
  const value = read(slot);
  const box = h("textarea", { id, rows: Math.max(2, Array.isArray(value) ? value.length : 0), dir: "auto" });
  box.value = Array.isArray(value) ? value.join("\n") : "";
  box.placeholder = Array.isArray(schema.default) && schema.default.length ? schema.default.join("\n") : t("lines");
  box.addEventListener("input", () => {
    const lines = box.value.split("\n").map((line) => line.trim()).filter(Boolean);
    write(form, slot, lines.length || schema.default === undefined ? lines : undefined);
  });
  return box;
}

function inside(form: Form, schema: Schema, slot: Slot, optional: boolean): HTMLElement {
  const box = h("div", { class: "mv-inside" });
  const paint = (): void => {
    const value = read(slot);
    if (value === undefined || value === null) {
      const add = h("button", { type: "button", class: "mv-button mv-small" }, t("set"));
      add.addEventListener("click", () => {
        write(form, slot, fresh(form.root, schema));
        paint();
      });
      return box.replaceChildren(add);
    }
    const parts: HTMLElement[] = [objectFields(form, schema, value as Obj, slot.place)];
    if (optional) {
      const drop = h("button", { type: "button", class: "mv-button mv-small" }, t("unset"));
      drop.addEventListener("click", () => {
        write(form, slot, undefined);
        paint();
      });
      parts.push(drop);
    }
    box.replaceChildren(...parts);
  };
  paint();
  return box;
}

/** One of several kinds; changing the kind keeps what both have. */
function kinds(form: Form, key: string, ways: Record<string, Schema>, schema: Schema, slot: Slot): HTMLElement {
  const box = h("div", { class: "mv-inside" });
  const paint = (): void => {
    const value = (read(slot) ?? undefined) as Obj | undefined;
    const current = String(value?.[key] ?? (schema.default as Obj | undefined)?.[key] ?? "");
    const pick = h("select", { "aria-label": t("kind") }, ...(current ? [] : [h("option", { value: "" }, t("kind.choose"))]));
    for (const kind of Object.keys(ways)) pick.append(h("option", { value: kind }, kindInWords(kind)));
    pick.value = current;
    pick.addEventListener("change", () => {
      const chosen = ways[pick.value];
      if (!chosen) return;
      const next = { ...(fresh(form.root, chosen) as Obj), [key]: pick.value };
      for (const [name, old] of Object.entries(value ?? {})) if (name !== key && chosen.properties?.[name]) next[name] = old;
      write(form, slot, next);
      paint();
    });
    const chosen = ways[current];
    const target = value ?? ({ [key]: current } as Obj);
    const inner: Form = value ? form : { ...form, changed: () => write(form, slot, target) };
    box.replaceChildren(pick, ...(chosen ? [objectFields(inner, chosen, target, slot.place)] : []));
  };
  paint();
  return box;
}

function either(form: Form, ways: Schema[], schema: Schema, slot: Slot, optional: boolean): HTMLElement {
  const box = h("div", { class: "mv-inside" });
  const fits = (way: Schema, value: Json | undefined): boolean => {
    if (way.const !== undefined) return way.const === value;
    if (way.type === "array") return Array.isArray(value);
    if (way.type === "object") {
      const needs = way.required ?? Object.keys(way.properties ?? {}).slice(0, 1);
      return typeof value === "object" && value !== null && !Array.isArray(value) && needs.every((name) => name in value);
    }
    return typeof value === way.type;
  };
  const name = (way: Schema): string =>
    way.const !== undefined ? inWords(String(way.const)) : way.type === "array" ? t("these") : (way.description ?? way.title ?? way.type ?? "");
  const paint = (): void => {
    const value = read(slot);
    const at = ways.findIndex((way) => fits(way, value ?? schema.default));
    const pick = h("select", { "aria-label": t("way") }, ...(optional && schema.default === null ? [h("option", { value: "-1" }, "–")] : []));
    ways.forEach((way, n) => pick.append(h("option", { value: n }, name(way))));
    pick.value = String(at);
    pick.addEventListener("change", () => {
      const way = ways[Number(pick.value)];
      write(form, slot, way ? fresh(form.root, way) : undefined);
      paint();
    });
    const way = ways[at];
    const parts: HTMLElement[] = [pick];
    if (way && way.const === undefined && value !== undefined && value !== null) parts.push(input(form, way, slot, `mv-${++made}`, false));
    box.replaceChildren(...parts);
  };
  paint();
  return box;
}
