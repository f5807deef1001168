/** Fields whose values are names that exist elsewhere: stages, arms, languages, models, levels of a factor. */

import { h } from "../dom";
import { read, write, type Form, type Options, type Slot } from "./fields";
import { t } from "./words";
import type { Json, Obj } from "./schema";

/** One of the names. The list is read again when the field is entered: a stage may have been added meanwhile. */
export function oneOf(form: Form, slot: Slot, id: string, optional: boolean, options: () => Options): HTMLElement {
  const box = h("select", { id, dir: "auto" });
  const fill = (): void => {
    const held = read(slot);
    const value = typeof held === "string" ? held : "";
    const given = options();
    const gone: Options = value && !given.some(([name]) => name === value) ? [[value, value]] : [];
    const none: Options = optional || !value ? [["", optional ? "–" : t("choose")]] : [];
    box.replaceChildren(...[...none, ...given, ...gone].map(([name, label]) => h("option", { value: name }, label)));
    box.value = value;
  };
  fill();
  box.addEventListener("focus", fill);
  box.addEventListener("change", () => write(form, slot, box.value || (optional ? undefined : "")));
  return box;
}

/** Several of the names, as boxes to tick; names that are gone stay until they are taken out. */
export function severalOf(form: Form, slot: Slot, id: string, options: Options, otherwise?: Json): HTMLElement {
  const held = (): string[] => {
    const value = read(slot);
    return (Array.isArray(value) ? value : Array.isArray(otherwise) ? otherwise : []).map(String);
  };
  const gone: Options = held().filter((name) => !options.some(([one]) => one === name)).map((name) => [name, name]);
  const boxes = [...options, ...gone].map(([name, label]) => {
    const box = h("input", { type: "checkbox", value: name });
    box.checked = held().includes(name);
    box.addEventListener("change", () => {
      // The first one stays first: a study's first language is the one it falls back to.
      const next = box.checked ? [...held(), name] : held().filter((one) => one !== name);
      write(form, slot, next);
      if (slot.place === "languages") form.repaint();
    });
    return h("label", { class: "mv-pick" }, box, h("span", { dir: "auto" }, label));
  });
  const other = slot.place === "languages" ? [another((code) => {
    if (held().includes(code)) return;
    write(form, slot, [...held(), code]);
    form.repaint();
  })] : [];
  return h("div", { class: "mv-picks", id, role: "group", tabindex: -1 }, ...boxes, ...other);
}

function another(take: (code: string) => void): HTMLElement {
  const code = h("input", { type: "text", size: 6, maxlength: 12, "aria-label": t("language.other"), title: t("language.other"), placeholder: "de", dir: "ltr" });
  const add = h("button", { type: "button", class: "mv-button mv-small" }, t("add"));
  add.addEventListener("click", () => code.value.trim() && take(code.value.trim()));
  return h("span", { class: "mv-add" }, code, add);
}

/** One level of each factor, for an arm. */
export function levels(form: Form, slot: Slot, factors: () => Record<string, string[]>): HTMLElement {
  const rows = Object.keys(factors()).map((factor, n) => {
    const id = `mv-level-${slot.place}-${n}`;
    const pick = h("select", { id, dir: "auto" });
    const held = (): Obj => (read(slot) ?? {}) as Obj;
    const fill = (): void => {
      const value = typeof held()[factor] === "string" ? (held()[factor] as string) : "";
      const given = factors()[factor] ?? [];
      const all = value && !given.includes(value) ? [...given, value] : given;
      pick.replaceChildren(...(value ? [] : [h("option", { value: "" }, t("choose"))]), ...all.map((level) => h("option", { value: level }, level)));
      pick.value = value;
    };
    fill();
    pick.addEventListener("focus", fill);
    pick.addEventListener("change", () => {
      const known = Object.entries(held()).filter(([name]) => name in factors() && name !== factor);
      write(form, slot, Object.fromEntries([...known, [factor, pick.value]]));
    });
    return h("div", { class: "mv-level", "data-place": `${slot.place}.${factor}` }, h("label", { for: id, dir: "auto" }, factor), pick,
      h("p", { class: "mv-mistake", hidden: true }));
  });
  return h("div", { class: "mv-fields" }, ...rows);
}
