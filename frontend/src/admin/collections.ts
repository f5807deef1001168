/** Lists and mappings in the study editor: add, move, copy and remove, each with buttons alone. */

import { h } from "../dom";
import { field, objectFields, read, write, type Form, type Slot } from "./fields";
import { fresh, inWords, nameOf, widget, withoutNull, type Json, type Obj, type Schema } from "./schema";

function button(text: string, label: string, act: () => void): HTMLButtonElement {
  const made = h("button", { type: "button", class: "mv-button mv-small", "aria-label": label, title: label }, text);
  made.addEventListener("click", (event) => {
    event.preventDefault();
    act();
  });
  return made;
}

/** A list of objects as cards that fold away. */
export function lists(form: Form, item: Schema, slot: Slot): HTMLElement {
  const box = h("div", { class: "mv-list" });
  const { schema } = withoutNull(form.root, item);
  const kind = widget(form.root, schema);
  const paint = (open = -1): void => {
    const value = read(slot);
    const rows = Array.isArray(value) ? value : [];
    const set = (next: Json[], show = -1): void => {
      write(form, slot, next);
      paint(show);
    };
    const cards = rows.map((_row, n) => card(form, schema, rows, n, slot.place, open === n, set));
    const add = h("div", { class: "mv-add" });
    if (kind.is === "kinds") {
      const pick = h("select", { "aria-label": "Kind to add" });
      for (const name of Object.keys(kind.kinds)) pick.append(h("option", { value: name }, inWords(name)));
      add.append(pick, button("Add", "Add one of this kind", () => {
        const made = fresh(form.root, kind.kinds[pick.value]!) as Obj;
        made[kind.key] = pick.value;
        if ("id" in made) made["id"] = unused(rows, "id", pick.value);
        set([...rows, made], rows.length);
      }));
    } else {
      add.append(button("Add", "Add one", () => set([...rows, fresh(form.root, schema)], rows.length)));
    }
    const empty = rows.length ? [] : [h("p", { class: "mv-quiet" }, "None yet.")];
    box.replaceChildren(...empty, ...cards, add);
    if (open >= 0) box.querySelectorAll<HTMLElement>(":scope > details")[open]?.querySelector("summary")?.focus();
  };
  paint();
  return box;
}

function card(
  form: Form, schema: Schema, rows: Json[], n: number, place: string, open: boolean, set: (next: Json[], show?: number) => void,
): HTMLElement {
  const title = h("span", { class: "mv-name", dir: "auto" }, nameOf(rows[n]!, form.languages()) || `${n + 1}`);
  const moved = (to: number): Json[] => {
    const next = rows.filter((_row, index) => index !== n);
    next.splice(to, 0, rows[n]!);
    return next;
  };
  const tools = h("span", { class: "mv-tools" });
  if (n > 0) tools.append(button("▲", "Move up", () => set(moved(n - 1))));
  if (n < rows.length - 1) tools.append(button("▼", "Move down", () => set(moved(n + 1))));
  tools.append(button("Copy", "Make a copy below", () => {
    const copy = structuredClone(rows[n]!);
    for (const key of ["id", "key"]) {
      if (copy && typeof copy === "object" && !Array.isArray(copy) && typeof copy[key] === "string") {
        copy[key] = unused(rows, key, copy[key]);
      }
    }
    set([...rows.slice(0, n + 1), copy, ...rows.slice(n + 1)], n + 1);
  }));
  tools.append(button("Remove", "Remove this one", () => set(rows.filter((_row, index) => index !== n))));
  const inner: Form = { ...form, changed: () => {
    title.textContent = nameOf(rows[n]!, form.languages()) || `${n + 1}`;
    form.changed();
  } };
  const details = h("details", { class: "mv-item", "data-place": `${place}.${n}`, open }, h("summary", {}, title, tools));
  // Painted when first opened: a survey of many pages holds thousands of fields.
  const fill = (): void => {
    if (details.childElementCount === 1) details.append(body(inner, schema, rows, n, `${place}.${n}`));
  };
  details.addEventListener("toggle", fill);
  details.addEventListener("mv-fill", fill);
  if (open) fill();
  return details;
}

function body(form: Form, schema: Schema, rows: Json[], n: number, place: string): HTMLElement {
  const kind = widget(form.root, schema);
  const mistake = h("p", { class: "mv-mistake", hidden: true });
  const row = rows[n];
  if (kind.is === "kinds" && row && typeof row === "object" && !Array.isArray(row)) {
    const chosen = kind.kinds[String(row[kind.key])];
    if (chosen) return h("div", { class: "mv-body" }, mistake, objectFields(form, chosen, row, place));
  }
  if (kind.is === "object" && row && typeof row === "object" && !Array.isArray(row)) {
    return h("div", { class: "mv-body" }, mistake, objectFields(form, schema, row, place));
  }
  return h("div", { class: "mv-body" }, field(form, schema, { holder: rows, key: n, place }, "Value", true));
}

/** Names and what they hold: factors and their levels, traits and their values. */
export function maps(form: Form, value: Schema, slot: Slot): HTMLElement {
  const box = h("div", { class: "mv-list" });
  const paint = (): void => {
    const held = (read(slot) ?? {}) as Obj;
    const rows = Object.keys(held).map((key) => {
      const name = h("input", { type: "text", value: key, "aria-label": "Name" });
      name.addEventListener("change", () => {
        if (!name.value || (name.value in held && name.value !== key)) return void (name.value = key);
        // Rebuilt so that the order stays.
        write(form, slot, Object.fromEntries(Object.entries(held).map(([k, v]) => [k === key ? name.value : k, v])));
        paint();
      });
      const inner = field(form, value, { holder: held, key, place: `${slot.place}.${key}` }, key, true);
      return h("div", { class: "mv-pair" }, name, inner, button("Remove", `Remove ${key}`, () => {
        delete held[key];
        form.changed();
        paint();
      }));
    });
    const name = h("input", { type: "text", placeholder: "new name", "aria-label": "New name" });
    const add = button("Add", "Add this name", () => {
      const key = name.value.trim();
      if (!key || key in held) return name.focus();
      write(form, slot, { ...held, [key]: fresh(form.root, value) });
      paint();
    });
    box.replaceChildren(...rows, h("div", { class: "mv-add" }, name, add));
  };
  paint();
  return box;
}

function unused(rows: Json[], key: string, wish: string): string {
  const taken = new Set(rows.map((row) => (row && typeof row === "object" && !Array.isArray(row) ? row[key] : undefined)));
  if (!taken.has(wish)) return wish;
  let n = 2;
  while (taken.has(`${wish}-${n}`)) n += 1;
  return `${wish}-${n}`;
}
