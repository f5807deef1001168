import type { MvJudge } from "./mv-judge";
import { setText } from "../dom";
import { applyConditions } from "../form/display";
import { Drafts, type Draft, type DraftState } from "../form/drafts";
import { PageRecord } from "../form/paradata";
import { fillEmpty, focusErrors, keepExclusive, onDigit, watchErrors } from "../form/fields";
import { Waiting } from "../form/waiting";
import { clock, readTexts, say } from "../texts";

const OWN = new Set(["csrfmiddlewaretoken", "stage", "step", "key", "paradata", "shown"]);

/**
 * Makes a stage's form keep what is typed, and be sent once.
 *
 *     <mv-form data-draft-url="/s/my-study/draft/">
 *       <form id="stage" method="post" action="/s/my-study/here/">
 *         (hidden: csrfmiddlewaretoken, stage, step, key, paradata)
 *         <div class="field" id="field-why" data-show-if='{"item":"x","any":["Yes"]}'>…</div>
 *         <fieldset class="field" data-keys>… radios: the digits 1 to 9 choose …</fieldset>
 *       </form>
 *     </mv-form>
 *     <p id="save-state" data-saved data-saving data-unsaved></p>   (the shell's)
 *
 * Drafts are POSTed as JSON `{stage, step, values}`; a value is a text, or a list where several controls share a name.
 * `paradata` becomes `{page_ms, items: {name: {first_ms, last_ms, changes}}, away_ms, pasted_chars}`.
 * Leave out `data-draft-url` for forms that keep no drafts. `data-dwell` on the form: milliseconds the page is looked at
 * before it is sent; a send that comes earlier, or without a connection, waits here and goes off by itself.
 */
export class MvForm extends HTMLElement {
  #form!: HTMLFormElement;
  #record = new PageRecord();
  #drafts: Drafts | null = null;
  #waiting!: Waiting;
  #sent = false;
  #stop = new AbortController();

  connectedCallback(): void {
    const form = this.querySelector("form");
    if (!form) return;
    this.#form = form;
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    form.noValidate = true;
    this.#waiting = new Waiting({ form, doubt: () => this.#drafts?.failing ?? false });
    const url = this.dataset["draftUrl"];
    if (url) this.#startDrafts(url);
    form.addEventListener("submit", (event) => this.#onSubmit(event), { signal });
    form.addEventListener("input", (event) => this.#onChange(event, true), { signal });
    form.addEventListener("change", (event) => this.#onChange(event, true), { signal });
    form.addEventListener("focusin", (event) => this.#onChange(event, false), { signal });
    form.addEventListener("paste", (event) => this.#record.paste(event.clipboardData?.getData("text").length ?? 0), { signal });
    document.addEventListener("keydown", (event) => onDigit(event, form), { signal });
    document.addEventListener("visibilitychange", () => this.#onSight(), { signal });
    window.addEventListener("pagehide", () => this.#drafts?.flush(), { signal });
    window.addEventListener("pageshow", (event) => event.persisted && this.#reopen(), { signal });
    watchErrors(form, signal);
    applyConditions(form);
    focusErrors();
  }

  disconnectedCallback(): void {
    this.#stop.abort();
    this.#waiting?.stop();
    this.#drafts?.stop();
  }

  #startDrafts(url: string): void {
    const token = this.#form.querySelector<HTMLInputElement>('[name="csrfmiddlewaretoken"]')?.value ?? "";
    this.#drafts = new Drafts({ url, token, read: () => this.#read(), tell: (state) => this.#tell(state) });
    const kept = this.#drafts.kept();
    if (kept && fillEmpty(this.#form, kept)) this.#drafts.changed();
  }

  #onChange(event: Event, changed: boolean): void {
    const control = event.target as HTMLInputElement;
    const name = control.name || control.closest<HTMLElement>("mv-vas, mv-rank")?.querySelector<HTMLInputElement>("[name]")?.name;
    if (name && !OWN.has(name)) this.#record.touch(name, changed && event.type !== "focusin");
    if (!changed) return;
    keepExclusive(control);
    applyConditions(this.#form);
    this.#drafts?.changed();
  }

  #onSight(): void {
    this.#record.see(document.visibilityState === "visible");
    if (document.visibilityState === "hidden") this.#drafts?.flush();
  }

  #onSubmit(event: SubmitEvent): void {
    if (this.#sent) {
      event.preventDefault();
      return;
    }
    if (this.#waiting.holds(event.submitter)) {
      event.preventDefault();
      this.#drafts?.keep();
      return;
    }
    this.#sent = true;
    const paradata = this.#form.querySelector<HTMLInputElement>('input[name="paradata"]');
    if (paradata) paradata.value = JSON.stringify({ ...this.#record.read(), ...this.#judged() });
    this.#drafts?.keep();
    this.#drafts?.stop();
    // After this event: a button disabled now would not be sent with the form.
    window.setTimeout(() => this.#hold(true));
  }

  /** Back from the next page, or from one that did not load: the page is as it was, and may be sent again. */
  #reopen(): void {
    this.#sent = false;
    this.#hold(false);
    this.#drafts?.resume();
  }

  #hold(on: boolean): void {
    this.#form.setAttribute("aria-busy", String(on));
    for (const button of this.#form.elements) {
      if (!(button instanceof HTMLButtonElement) || button.type !== "submit") continue;
      if (on && !button.disabled) button.dataset["held"] = "";
      if ("held" in button.dataset) button.disabled = on;
      if (!on) delete button.dataset["held"];
    }
  }

  #read(): Draft {
    const values: Draft["values"] = {};
    const data = new FormData(this.#form);
    const field = (name: string): string => String(data.get(name) ?? "");
    for (const name of new Set(data.keys())) {
      if (OWN.has(name)) continue;
      const controls = [...this.#form.elements].filter((e) => (e as HTMLInputElement).name === name);
      const boxes = controls.filter((control) => control.matches('input[type="checkbox"]'));
      const all = data.getAll(name).filter((value): value is string => typeof value === "string");
      const several = all.length > 1 || boxes.length > 1 || controls[0]?.matches("select[multiple]");
      values[name] = several ? all : (all[0] ?? "");
    }
    return { stage: field("stage"), step: field("step"), values };
  }

  /** What a judgement noticed: how often something was changed, and when each response was seen and judged. */
  #judged(): Record<string, unknown> {
    const judge = this.querySelector<MvJudge>("mv-judge");
    if (!judge) return {};
    const { changes, slots } = judge.record;
    return { changes, slots };
  }

  #tell(state: DraftState): void {
    const line = document.getElementById("save-state");
    if (!line || this.#waiting.active) return;
    line.dataset["state"] = state;
    if (state === "saved") setText(line, `${line.dataset["saved"] ?? ""} ${clock(new Date())}`);
    else if (state === "stuck") setText(line, say(readTexts(), "form.stuck"));
    else setText(line, line.dataset[state] ?? "");
  }
}

customElements.define("mv-form", MvForm);
