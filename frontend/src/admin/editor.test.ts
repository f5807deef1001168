/** The editor's forms: what is typed, added, moved and taken away is what the document says. */

import { beforeEach, describe, expect, it } from "vitest";
import { field, objectFields, type Form } from "./fields";
import { crumb, factorsAt, namesAt } from "./places";
import { fresh, widget, type Json, type Obj, type Schema } from "./schema";

const NAME: Schema = { type: "string" };
const PAGE: Schema = { type: "object", properties: { id: NAME, title: NAME, rare: { type: "boolean", default: false } }, required: ["id"] };
const LAST: Schema = { type: "object", properties: { id: NAME, kind: { const: "debrief" } }, required: ["id", "kind"] };
const TALK: Schema = {
  type: "object",
  properties: { id: NAME, kind: { const: "talk" }, turns: { type: "integer", minimum: 2 } },
  required: ["id", "kind", "turns"],
};
const ROOT: Schema = {
  $defs: { Page: PAGE, Talk: TALK, Last: LAST },
  properties: {
    title: NAME,
    pages: { type: "array", items: { $ref: "#/$defs/Page" } },
    stages: {
      type: "array",
      items: {
        oneOf: [{ $ref: "#/$defs/Talk" }, { $ref: "#/$defs/Last" }],
        discriminator: { propertyName: "kind", mapping: { talk: "#/$defs/Talk", debrief: "#/$defs/Last" } },
      },
    },
    languages: { type: "array", items: NAME, default: ["en"] },
    factors: { type: "object", additionalProperties: { type: "array", items: NAME } },
    arms: {
      type: "array",
      items: {
        type: "object",
        properties: { key: NAME, levels: { type: "object", additionalProperties: NAME } },
        required: ["key"],
      },
    },
  },
};

let doc: Obj;
let changes: number;

function show(name: string): HTMLElement {
  const form: Form = {
    root: ROOT,
    languages: () => ["en"],
    changed: () => { changes += 1; },
    repaint: () => undefined,
    options: (place) => namesAt(place, doc, { models: [], languages: { en: "English", ar: "Arabic" } }),
    factors: (place) => factorsAt(place, doc),
  };
  const node = field(form, ROOT.properties![name]!, { holder: doc, key: name, place: name }, name, true);
  document.body.replaceChildren(node);
  return node;
}

const press = (label: string, nth = 0): void => document.querySelectorAll<HTMLElement>(`button[aria-label="${label}"]`)[nth]!.click();
const ids = (rows: Json | undefined): Json[] => (rows as Obj[]).map((row) => row["id"] ?? null);

beforeEach(() => {
  doc = {};
  changes = 0;
});

describe("lists", () => {
  it("add rows with names of their own", () => {
    show("pages");
    press("add.one");
    press("add.one");
    expect(doc["pages"]).toEqual([{ id: "page" }, { id: "page-2" }]);
    expect(document.querySelectorAll("details[open]").length).toBe(1);
  });

  it("move, copy and remove", () => {
    doc["pages"] = [{ id: "a" }, { id: "b" }, { id: "c" }];
    show("pages");
    press("up", 1);
    expect(ids(doc["pages"])).toEqual(["a", "c", "b"]);
    press("down", 0);
    expect(ids(doc["pages"])).toEqual(["c", "a", "b"]);
    press("copy.below", 0);
    expect(ids(doc["pages"])).toEqual(["c", "c-2", "a", "b"]);
    press("remove.this", 2);
    expect(ids(doc["pages"])).toEqual(["c", "c-2", "b"]);
    expect(changes).toBe(4);
  });

  it("keep what says thank you last", () => {
    doc["stages"] = [{ id: "bye", kind: "debrief" }];
    show("stages");
    press("add.this");
    expect(doc["stages"]).toEqual([{ id: "talk", kind: "talk", turns: 2 }, { id: "bye", kind: "debrief" }]);
  });

  it("have no button inside a summary", () => {
    doc["pages"] = [{ id: "a" }];
    expect(show("pages").querySelector("summary button")).toBeNull();
  });
});

describe("fields", () => {
  it("write what is typed, and have a line for their mistake", () => {
    const node = show("title");
    const box = node.querySelector("input")!;
    box.value = "Tea";
    box.dispatchEvent(new Event("input"));
    expect(doc["title"]).toBe("Tea");
    expect(node.dataset["place"]).toBe("title");
    expect(node.querySelector<HTMLElement>(":scope > .mv-mistake")!.hidden).toBe(true);
  });

  it("fold rare ones away", () => {
    const form = { root: ROOT, languages: () => ["en"], changed: () => undefined, repaint: () => undefined, options: () => null, factors: () => null };
    const node = objectFields(form, PAGE, { id: "a" }, "pages.0");
    expect(node.querySelector(".mv-rare [data-place='pages.0.rare']")).not.toBeNull();
    expect(node.querySelector(":scope > [data-place='pages.0.title']")).not.toBeNull();
  });

  it("offer languages to tick, and keep one that is not offered", () => {
    doc["languages"] = ["en", "de"];
    const node = show("languages");
    expect([...node.querySelectorAll<HTMLInputElement>("input:checked")].map((box) => box.value)).toEqual(["en", "de"]);
    node.querySelector<HTMLInputElement>("input[value=ar]")!.click();
    expect(doc["languages"]).toEqual(["en", "de", "ar"]);
  });

  it("offer the levels of every factor to an arm", () => {
    doc["factors"] = { tone: ["warm", "plain"] };
    doc["arms"] = [{ key: "a" }];
    show("arms");
    document.querySelector("details")!.dispatchEvent(new Event("mv-fill"));
    const pick = document.querySelector<HTMLSelectElement>("[data-place='arms.0.levels.tone'] select")!;
    pick.value = "plain";
    pick.dispatchEvent(new Event("change"));
    expect(doc["arms"]).toEqual([{ key: "a", levels: { tone: "plain" } }]);
  });
});

it("a place is said in the names the designer gave", () => {
  const study: Obj = { stages: [{ id: "talk", pages: [{ id: "first" }, {}] }] };
  expect(crumb("stages.0.pages.0.id", study)).toBe("Stages › talk › Pages › first › Id");
  expect(crumb("stages.0.pages.1", study)).toBe("Stages › talk › Pages › 2");
});

it("a new value holds only what is needed", () => {
  expect(fresh(ROOT, { $ref: "#/$defs/Talk" })).toEqual({ id: "", kind: "talk", turns: 2 });
  expect(widget(ROOT, { anyOf: [{ type: "null" }, { $ref: "#/$defs/Page" }] }).is).toBe("object");
});
