/**
 * The monitor of a study: figures asked anew every ten seconds, each leading to its rows.
 *
 * <mv-monitor><script type="application/json" id="monitor-start">{figures, urls, link}</script></mv-monitor>
 */

import { h, setText } from "../dom";
import { bars, latency, type Stage, type Hour } from "./plots";

interface Arm { arm: string; target: number | null; active: number; complete: number; left: number }
interface Cell { cell: string; target: number; held: number; complete: number }
interface Stuck { pseudonym: string; arm: string; stage: string; silent_minutes: number }
interface Failure { at: string; model: string; error: string; detail: string; attempt: number }

export interface Figures {
  at: string;
  state: string;
  version: number | null;
  opened_at: string | null;
  people: Record<string, number>;
  wanted: number | null;
  money: { spent: number; limit: number | null };
  calls: { total: number; failed: number; failed_day: { kind: string; n: number }[] };
  arms: Arm[];
  cells: Cell[];
  funnel: Stage[];
  latency: Hour[];
  stuck: Stuck[];
  failures: Failure[];
}

interface Start { figures: Figures; urls: Record<string, string>; link: string }

const EVERY = 10_000;
const STATUSES: [string, string][] = [
  ["screened_out", "screened out"], ["no_consent", "no consent"], ["quota_full", "quota full"],
  ["technical", "technical"], ["withdrawn", "withdrawn"],
];

export class Monitor extends HTMLElement {
  private start!: Start;
  private timer = 0;
  private readonly age = h("p", { class: "mv-save", role: "status" });
  private readonly body = h("div", { class: "mv-monitor" });

  connectedCallback(): void {
    this.start = JSON.parse(document.getElementById("monitor-start")?.textContent ?? "{}") as Start;
    this.replaceChildren(this.age, this.body);
    this.paint(this.start.figures);
    this.timer = window.setInterval(() => void this.renew(), EVERY);
  }

  disconnectedCallback(): void {
    window.clearInterval(this.timer);
  }

  private async renew(): Promise<void> {
    // A hidden page asks nothing: a designer's forgotten tabs should not load the server.
    if (document.hidden || this.body.contains(document.activeElement)) return;
    try {
      const answer = await fetch(this.start.urls["monitor_json"]!, { headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(String(answer.status));
      this.paint((await answer.json()) as Figures);
    } catch {
      setText(this.age, "The figures could not be renewed; trying again.");
    }
  }

  private rows(query: Record<string, string>): string {
    return `${this.start.urls["people"]}?${new URLSearchParams(query)}`;
  }

  paint(figures: Figures): void {
    setText(this.age, `As of ${new Date(figures.at).toLocaleTimeString()}, renewed every ten seconds.`);
    const parts = [this.strip(figures)];
    if (!figures.people["started"]) {
      parts.push(h("section", { class: "mv-card mv-empty" }, h("h2", {}, "Nobody has started yet"),
        h("p", {}, figures.state === "open" ? "People, stages and models appear here as soon as somebody begins. The link for participants is " : "Open the study first; then give people this link: "),
        h("p", {}, h("code", {}, this.start.link))));
    }
    parts.push(h("div", { class: "mv-columns" }, this.arms(figures), this.cells(figures)));
    parts.push(card("People by stage", figures.funnel.length ? bars(figures.funnel, (stage) => this.rows({ stage })) : quiet("Stages appear with the first version.")));
    parts.push(card("Models, the last 24 hours", figures.latency.length ? latency(figures.latency) : quiet("Calls to models appear here, with how long they took.")));
    parts.push(h("div", { class: "mv-columns" }, this.stuck(figures), this.failures(figures)));
    this.body.replaceChildren(...parts);
  }

  private strip(f: Figures): HTMLElement {
    const money = f.money.limit === null ? `$${f.money.spent.toFixed(2)}` : `$${f.money.spent.toFixed(2)} of $${f.money.limit.toFixed(2)}`;
    const calls = this.start.urls["calls"]!;
    const people = f.people;
    const left = STATUSES.filter(([key]) => people[key]).map(([key, words]) =>
      h("a", { href: this.rows({ status: key }) }, `${people[key]} ${words}`));
    const strip = h("div", { class: "mv-strip" },
      figure(f.state, f.version === null ? "no version" : `version ${f.version}`, null, f.state),
      figure(people["started"] ?? 0, "started", this.rows({})),
      figure(people["active_now"] ?? 0, "active now", this.rows({ status: "active_now" })),
      figure(f.wanted ? `${people["complete"] ?? 0} / ${f.wanted}` : (people["complete"] ?? 0), "complete", this.rows({ status: "complete" })),
      figure(people["stuck"] ?? 0, "silent over 15 min", this.rows({ status: "stuck" }), people["stuck"] ? "warn" : undefined),
      figure(f.calls.failed_day.reduce((sum, kind) => sum + kind.n, 0), "model failures, 24 h", calls, f.calls.failed_day.length ? "warn" : undefined),
      figure(money, "spent", null, f.money.limit !== null && f.money.spent >= f.money.limit ? "warn" : undefined, f.money.limit ? f.money.spent / f.money.limit : undefined),
    );
    return h("div", {}, strip, left.length ? h("p", { class: "mv-leftline" }, "Left early: ", ...left) : null);
  }

  private arms(f: Figures): HTMLElement {
    const rows = f.arms.map((row) => h("tr", {},
      h("th", { scope: "row" }, row.arm || "no arm yet"),
      number(row.complete, this.rows({ arm: row.arm, status: "complete" }), row.target),
      number(row.active, this.rows({ arm: row.arm, status: "active" })),
      number(row.left, this.rows({ arm: row.arm, status: "left" }))));
    return card("Arms", rows.length ? table(["Arm", "Complete", "Under way", "Left"], rows) : quiet("Arms appear with the first version."));
  }

  private cells(f: Figures): HTMLElement {
    const rows = f.cells.map((row) => {
      const meter = h("meter", { min: 0, max: Math.max(row.target, 1), value: row.held, "aria-label": `${row.held} of ${row.target}` });
      return h("tr", {}, h("th", { scope: "row" }, h("a", { href: this.rows({ cell: row.cell }) }, row.cell)),
        h("td", {}, `${row.complete}`), h("td", {}, `${row.held} / ${row.target} `, meter), h("td", {}, row.held >= row.target ? "full" : `${row.target - row.held} open`));
    });
    return card("Quotas", rows.length ? table(["Cell", "Complete", "Places taken", ""], rows) : quiet("This study has no quotas."));
  }

  private stuck(f: Figures): HTMLElement {
    const rows = f.stuck.map((row) => h("tr", {}, h("td", {}, h("code", {}, row.pseudonym)), h("td", {}, row.stage || "–"), h("td", {}, row.arm || "–"), h("td", {}, ago(row.silent_minutes))));
    const all = (f.people["stuck"] ?? 0) > f.stuck.length ? h("p", {}, h("a", { href: this.rows({ status: "stuck" }) }, `All ${f.people["stuck"]}`)) : null;
    return card("Silent over 15 minutes", rows.length ? table(["Who", "At", "Arm", "Silent"], rows) : quiet("Nobody is waiting anywhere."), all);
  }

  private failures(f: Figures): HTMLElement {
    const kinds = f.calls.failed_day.map((kind) => h("a", { href: `${this.start.urls["calls"]}?error=${encodeURIComponent(kind.kind)}`, class: "mv-detail" }, `${kind.kind}: ${kind.n}`));
    const rows = f.failures.slice(0, 8).map((row) => h("tr", {}, h("td", {}, new Date(row.at).toLocaleTimeString()), h("td", {}, row.model), h("td", {}, row.error), h("td", { dir: "auto" }, row.detail.slice(0, 80))));
    return card("Model failures", kinds.length ? h("p", {}, ...kinds) : null, rows.length ? table(["When", "Model", "Error", "Detail"], rows) : quiet("No call failed in the last 24 hours."));
  }
}

function figure(value: string | number, words: string, url: string | null, mark?: string, share?: number): HTMLElement {
  const shown = typeof value === "number" ? value.toLocaleString() : value;
  const inner = [h("b", {}, shown), h("span", {}, words)];
  if (share !== undefined) inner.push(h("meter", { min: 0, max: 1, high: 0.9, value: Math.min(1, share), "aria-label": "share of the budget" }));
  return url ? h("a", { class: "mv-figure", href: url, "data-mark": mark }, ...inner) : h("div", { class: "mv-figure", "data-mark": mark }, ...inner);
}

function card(title: string, ...content: (HTMLElement | SVGElement | null)[]): HTMLElement {
  return h("section", { class: "mv-card" }, h("h2", {}, title), ...content);
}

function quiet(words: string): HTMLElement {
  return h("p", { class: "mv-quiet" }, words);
}

function number(n: number, url: string, target: number | null = null): HTMLElement {
  const words = target === null ? n.toLocaleString() : `${n.toLocaleString()} / ${target.toLocaleString()}`;
  return h("td", {}, n ? h("a", { href: url }, words) : words);
}

function table(head: string[], rows: HTMLElement[]): HTMLElement {
  return h("div", { class: "mv-scroll" }, h("table", { class: "mv-table" }, h("thead", {}, h("tr", {}, ...head.map((word) => h("th", { scope: "col" }, word)))), h("tbody", {}, ...rows)));
}

function ago(minutes: number): string {
  if (minutes < 90) return `${minutes} min`;
  return minutes < 2880 ? `${Math.round(minutes / 60)} h` : `${Math.round(minutes / 1440)} days`;
}

customElements.define("mv-monitor", Monitor);
