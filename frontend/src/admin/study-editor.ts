/**
 * The study editor: forms made from the JSON Schema, saved while one types, mistakes at their fields.
 *
 * <mv-study-editor><script type="application/json" id="editor-start">{document, base, schema, problems, urls, …}</script></mv-study-editor>
 */

import { h, setText } from "../dom";
import { clock } from "../texts";
import { field, objectFields, type Form } from "./fields";
import { SECTIONS, crumb, factorsAt, namesAt, nearest, openTo, sectionOf } from "./places";
import { post } from "./post";
import type { Obj, Schema } from "./schema";
import { t } from "./words";
import { YamlPanel } from "./yaml-panel";

interface Start {
  document: Obj;
  base: number | null;
  at: string;
  schema: Schema;
  problems: Record<string, string>;
  urls: Record<string, string>;
  closed: boolean;
  live: number | null;
  models: string[];
  languages: Record<string, string>;
}

interface Finding { level: string; place: string; message: string }

const WAIT = 900;

export class StudyEditor extends HTMLElement {
  private start!: Start;
  private doc!: Obj;
  private base: number | null = null;
  private at = "";
  private timer = 0;
  private saving = false;
  private again = false;
  private step = false;
  private undos: string[] = [];
  private last = "";
  private snapAt = 0;
  private typedIn: Element | null = null;
  private section = "about";
  private problems: Record<string, string> = {};
  private readonly state = h("p", { class: "mv-save", role: "status" });
  private readonly summary = h("div", { class: "mv-summary" });
  private readonly panel = h("div", { class: "mv-panel" });
  private readonly menu = h("nav", { class: "mv-sections", "aria-label": t("sections") });
  private readonly undo = h("button", { type: "button", class: "mv-button mv-small", disabled: true }, t("undo"));
  private readonly leave = (event: BeforeUnloadEvent): void => {
    if (this.timer || this.saving) event.preventDefault();
  };

  connectedCallback(): void {
    this.start = JSON.parse(document.getElementById("editor-start")?.textContent ?? "{}") as Start;
    this.doc = this.start.document;
    this.base = this.start.base;
    this.at = this.start.at;
    this.problems = this.start.problems;
    this.last = JSON.stringify(this.doc);
    this.undo.addEventListener("click", () => this.goBack());
    const bar = h("div", { class: "mv-bar" }, this.state, this.undo);
    this.replaceChildren(bar, this.summary, h("div", { class: "mv-editor" }, this.menu, this.panel));
    window.addEventListener("beforeunload", this.leave);
    const wanted = decodeURIComponent(location.hash.slice(1));
    this.section = sectionOf(wanted) ?? "about";
    if (this.start.closed) setText(this.state, t("closed"));
    else if (this.start.live) setText(this.state, t("live", { n: this.start.live }));
    else setText(this.state, t("begin"));
    this.paint();
    if (wanted) this.show(wanted);
  }

  disconnectedCallback(): void {
    window.removeEventListener("beforeunload", this.leave);
    window.clearTimeout(this.timer);
  }

  private get form(): Form {
    return {
      root: this.start.schema,
      languages: () => this.languages(),
      changed: () => this.changed(),
      repaint: () => this.repaint(),
      options: (place) => namesAt(place, this.doc, this.start),
      factors: (place) => factorsAt(place, this.doc),
    };
  }

  private languages(): string[] {
    const given = this.doc["languages"];
    return Array.isArray(given) && given.length ? given.map(String) : ["en"];
  }

  private paint(): void {
    this.menu.replaceChildren(
      ...[...SECTIONS, ["yaml", []] as [string, string[]]].map(([key]) => {
        const link = h("button", { type: "button", "data-section": key, "aria-current": this.section === key ? "page" : false }, t(`section.${key}`));
        link.addEventListener("click", () => {
          this.section = key;
          this.paint();
          // The buttons are new ones: the keyboard stays where it was.
          this.menu.querySelector<HTMLElement>(`[data-section="${key}"]`)?.focus();
        });
        return link;
      }),
    );
    this.counts();
    const found = SECTIONS.find(([key]) => key === this.section);
    if (!found) {
      const yaml = new YamlPanel(this.start.urls, () => this.doc, (next) => this.replaceDocument(next));
      this.panel.replaceChildren(yaml.element);
      return;
    }
    const schema = this.start.schema;
    const [key, names] = found;
    const body = key === "stages"
      ? field(this.form, schema.properties!["stages"]!, { holder: this.doc, key: "stages", place: "stages" }, t("section.stages"), true)
      : objectFields(this.form, schema, this.doc, "", names);
    this.panel.replaceChildren(...(key === "stages" ? [] : [h("h2", {}, t(`section.${key}`))]), body);
    this.mark();
  }

  /** Paint the section again; what was open stays open, and the cursor where it was. */
  private repaint(): void {
    const open = [...this.panel.querySelectorAll<HTMLElement>("details[open][data-place]")].map((box) => box.dataset["place"]!);
    const focus = document.activeElement?.closest<HTMLElement>("[data-place]")?.dataset["place"];
    const value = (document.activeElement as HTMLInputElement | null)?.value;
    const y = window.scrollY;
    this.paint();
    for (const place of open) {
      const box = this.panel.querySelector<HTMLElement>(`details[data-place="${CSS.escape(place)}"]`);
      if (!(box instanceof HTMLDetailsElement)) continue;
      box.open = true;
      box.dispatchEvent(new Event("mv-fill"));
    }
    if (open.length) this.mark();
    if (focus) {
      const fields = [...this.panel.querySelectorAll<HTMLInputElement>(`[data-place="${CSS.escape(focus)}"] :is(input, textarea, select)`)];
      (fields.find((one) => one.value === value) ?? fields[0])?.focus({ preventScroll: true });
    }
    window.scrollTo(0, y);
  }

  private changed(): void {
    const now = Date.now();
    // One undo step per pause in typing, and one per field or button.
    if (now - this.snapAt > 1500 || document.activeElement !== this.typedIn) {
      this.undos.push(this.last);
      if (this.undos.length > 100) this.undos.shift();
    }
    this.snapAt = now;
    this.typedIn = document.activeElement;
    this.last = JSON.stringify(this.doc);
    this.undo.disabled = false;
    this.later();
  }

  private goBack(): void {
    const before = this.undos.pop();
    if (before === undefined) return;
    this.doc = JSON.parse(before) as Obj;
    this.last = before;
    this.snapAt = 0;
    this.undo.disabled = !this.undos.length;
    this.repaint();
    this.later();
  }

  private replaceDocument(next: Obj): void {
    this.undos.push(this.last);
    this.undo.disabled = false;
    this.doc = next;
    this.last = JSON.stringify(next);
    this.step = true;
    this.later(0);
  }

  private later(wait = WAIT): void {
    if (this.start.closed) return;
    setText(this.state, t("saving"));
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.save(), wait);
  }

  private async save(): Promise<void> {
    this.timer = 0;
    if (this.saving) {
      this.again = true;
      return;
    }
    this.saving = true;
    try {
      const answer = await post(this.start.urls["save"]!, { document: this.doc, base: this.base, at: this.at, step: this.step });
      const body = (await answer.json()) as { base: number; at: string; problems?: Record<string, string>; findings: Finding[]; message?: string; code?: string };
      if (!answer.ok) return this.failed(body.message ?? t("refused"), answer.status === 409);
      this.base = body.base;
      this.at = body.at;
      this.step = false;
      this.problems = body.problems ?? {};
      const time = clock(new Date(body.at));
      const count = Object.keys(this.problems).length;
      setText(this.state, count ? t("saved.wrong", { time, n: count }) : t("saved", { time }));
      this.tell(body.findings);
      this.mark();
      this.counts();
    } catch {
      setText(this.state, t("unsaved"));
      this.timer = window.setTimeout(() => void this.save(), 4000);
    } finally {
      this.saving = false;
      if (this.again) {
        this.again = false;
        this.later(0);
      }
    }
  }

  private failed(message: string, moved: boolean): void {
    const reload = h("button", { type: "button", class: "mv-button mv-small" }, t("reload"));
    reload.addEventListener("click", () => {
      window.removeEventListener("beforeunload", this.leave);
      location.reload();
    });
    this.state.replaceChildren(t("failed", { message }), " ", ...(moved ? [reload] : []));
  }

  /** List every mistake and finding above the form, each leading to its place. */
  private tell(findings: Finding[] = []): void {
    const lines = [
      ...Object.entries(this.problems).map(([place, message]) => ({ level: "stop", place, message })),
      ...findings,
    ].map(({ level, place, message }) => {
      const link = h("button", { type: "button", class: "mv-link", dir: "auto" }, crumb(place, this.doc));
      link.addEventListener("click", () => this.show(place));
      return h("li", { "data-level": level }, link, " ", message);
    });
    const stops = lines.filter((line) => line.dataset["level"] === "stop").length;
    const open = this.summary.querySelector("details")?.open ?? false;
    const head = stops ? t("stops", { n: stops }) : t("notes", { n: lines.length });
    this.summary.replaceChildren(
      ...(lines.length ? [h("details", { open }, h("summary", {}, head), h("ul", {}, ...lines))] : []),
    );
  }

  private counts(): void {
    for (const [key, names] of SECTIONS) {
      const link = this.menu.querySelector(`[data-section="${key}"]`);
      const n = Object.keys(this.problems).filter((place) => names.includes(place.split(".")[0]!)).length;
      link?.replaceChildren(t(`section.${key}`), ...(n ? [" ", h("span", { class: "mv-count", title: t("count", { n }) }, String(n))] : []));
    }
  }

  /** Write each mistake at the nearest field that is on the page. */
  private mark(): void {
    for (const old of this.panel.querySelectorAll<HTMLElement>(".mv-mistake")) {
      old.hidden = true;
      old.textContent = "";
    }
    for (const old of this.panel.querySelectorAll(".mv-wrong")) old.classList.remove("mv-wrong");
    for (const [place, message] of Object.entries(this.problems)) {
      const box = nearest(this.panel, place);
      if (!box) continue;
      box.classList.add("mv-wrong");
      const line = box.querySelector<HTMLElement>(":scope > .mv-mistake, :scope > .mv-body > .mv-mistake");
      if (!line) continue;
      line.hidden = false;
      line.append(h("span", {}, line.textContent ? ` ${message}` : message));
    }
    if (!this.summary.childElementCount) this.tell();
  }

  /** Open the section and every card on the way to `place`, and put the cursor there. */
  private show(place: string): void {
    const section = sectionOf(place);
    if (section && section !== this.section) {
      this.section = section;
      this.paint();
    }
    openTo(this.panel, place);
    this.mark();
    const target = nearest(this.panel, place);
    target?.scrollIntoView({ block: "center" });
    target?.querySelector<HTMLElement>("input, textarea, select, button")?.focus();
  }
}

customElements.define("mv-study-editor", StudyEditor);
