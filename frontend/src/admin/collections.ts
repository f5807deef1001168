/** Lists and mappings in the study editor: add, move, copy and remove, each with buttons alone. */

import { h } from "../dom";
import { field, objectFields, read, write, type Form, type Slot } from "./fields";
import { fresh, nameOf, widget, withoutNull, type Json, type Obj, type Schema } from "./schema";
import { kindInWords, t } from "./words";

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
    const put = (made: Json, wish: string): void => {
      if (made && typeof made === "object" && !Array.isArray(made)) {
        for (const key of ["id", "key"]) if (made[key] === "") made[key] = unused(rows, key, wish);
      }
      // What says thank you stays last: who adds a stage means it to come before.
      const at = isLast(rows.at(-1)) && !isLast(made) ? rows.length - 1 : rows.length;
      set([...rows.slice(0, at), made, ...rows.slice(at)], at);
    };
    if (kind.is === "kinds") {
      const pick = h("select", { "aria-label": t("add.kind") });
      for (const name of Object.keys(kind.kinds)) pick.append(h("option", { value: name }, kindInWords(name)));
      add.append(pick, button(t("add"), t("add.this"), () => {
        put({ ...(fresh(form.root, kind.kinds[pick.value]!) as Obj), [kind.key]: pick.value }, pick.value);
      }));
    } else {
      add.append(button(t("add"), t("add.one"), () => put(fresh(form.root, schema), String(slot.key).replace(/s$/, ""))));
    }
    const empty = rows.length ? [] : [h("p", { class: "mv-quiet" }, t("none"))];
    box.replaceChildren(...empty, ...cards, add);
    if (open >= 0) box.querySelectorAll<HTMLElement>(":scope > .mv-item > details")[open]?.querySelector("summary")?.focus();
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
  if (n > 0) tools.append(button("▲", t("up"), () => set(moved(n - 1))));
  if (n < rows.length - 1) tools.append(button("▼", t("down"), () => set(moved(n + 1))));
  tools.append(button(t("copy"), t("copy.below"), () => {
    const copy = structuredClone(rows[n]!);
    for (const key of ["id", "key"]) {
      if (copy && typeof copy === "object" && !Array.isArray(copy) && typeof copy[key] === "string") {
        copy[key] = unused(rows, key, copy[key]);
      }
    }
    set([...rows.slice(0, n + 1), copy, ...rows.slice(n + 1)], n + 1);
  }));
  tools.append(button(t("remove"), t("remove.this"), () => set(rows.filter((_row, index) => index !== n))));
  const inner: Form = { ...form, changed: () => {
    title.textContent = nameOf(rows[n]!, form.languages()) || `${n + 1}`;
    form.changed();
  } };
  const details = h("details", { "data-place": `${place}.${n}`, open }, h("summary", {}, title));
  // Painted when first opened: a survey of many pages holds thousands of fields.
  const fill = (): void => {
    if (details.childElementCount === 1) details.append(body(inner, schema, rows, n, `${place}.${n}`));
  };
  details.addEventListener("toggle", fill);
  details.addEventListener("mv-fill", fill);
  if (open) fill();
  // Beside the summary, not in it: buttons inside a button cannot be told apart by a screen reader.
  return h("div", { class: "mv-item" }, tools, details);
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
  return h("div", { class: "mv-body" }, field(form, schema, { holder: rows, key: n, place }, t("value"), true));
}

/** Names and what they hold: factors and their levels, traits and their values. */
export function maps(form: Form, value: Schema, slot: Slot): HTMLElement {
  const box = h("div", { class: "mv-list" });
  // Arms name a level of every factor, so their fields change with the factors.
  const again = (): void => {
    paint();
    if (slot.place === "factors") form.repaint();
  };
  const paint = (): void => {
    const held = (read(slot) ?? {}) as Obj;
    const rows = Object.keys(held).map((key) => {
      const name = h("input", { type: "text", value: key, "aria-label": t("name") });
      name.addEventListener("change", () => {
        if (!name.value || (name.value in held && name.value !== key)) return void (name.value = key);
        // Rebuilt so that the order stays.
        write(form, slot, Object.fromEntries(Object.entries(held).map(([k, v]) => [k === key ? name.value : k, v])));
        again();
      });
      const inner = field(form, value, { holder: held, key, place: `${slot.place}.${key}` }, key, true);
      return h("div", { class: "mv-pair" }, name, inner, button(t("remove"), t("remove.name", { name: key }), () => {
        delete held[key];
        form.changed();
        again();
      }));
    });
    const name = h("input", { type: "text", placeholder: t("name.new"), "aria-label": t("name.new") });
    const add = button(t("add"), t("add.name"), () => {
      const key = name.value.trim();
      if (!key || key in held) return name.focus();
      write(form, slot, { ...held, [key]: fresh(form.root, value) });
      again();
      // Looked up in the page: it may have been painted again.
      const made = [...document.querySelectorAll<HTMLElement>("[data-place]")].find((one) => one.dataset["place"] === `${slot.place}.${key}`);
      made?.querySelector<HTMLElement>("input, textarea, select")?.focus();
    });
    box.replaceChildren(...rows, h("div", { class: "mv-add" }, name, add));
  };
  paint();
  return box;
}

function isLast(row: Json | undefined): boolean {
  return typeof row === "object" && row !== null && !Array.isArray(row) && row["kind"] === "debrief";
}

function unused(rows: Json[], key: string, wish: string): string {
  const taken = new Set(rows.map((row) => (row && typeof row === "object" && !Array.isArray(row) ? row[key] : undefined)));
  if (!taken.has(wish)) return wish;
  let n = 2;
  while (taken.has(`${wish}-${n}`)) n += 1;
  return `${wish}-${n}`;
}
