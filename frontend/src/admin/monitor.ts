/**
 * The monitor of a study: figures asked anew every ten seconds, each leading to its rows.
 *
 * <mv-monitor><script type="application/json" id="monitor-start">{figures, urls, link}</script></mv-monitor>
 */

import { h, setText } from "../dom";
import { clock } from "../texts";
import { bars, latency, type Stage, type Hour } from "./plots";
import { t } from "./words";

interface Arm { arm: string; target: number | null; active: number; complete: number; left: number }
interface Cell { cell: string; target: number; held: number; complete: number }
interface Stuck { pseudonym: string; arm: string; stage: string; silent_minutes: number }
interface Failure { at: string; model: string; error: string; detail: string; attempt: number }

interface Watched { stage: string; fine: boolean; said: string }

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
  watched: Watched[];
  latency: Hour[];
  stuck: Stuck[];
  failures: Failure[];
}

interface Start { figures: Figures; urls: Record<string, string>; link: string }

const EVERY = 10_000;
const LEFT = ["screened_out", "no_consent", "quota_full", "technical", "withdrawn"];

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
      setText(this.age, t("lost"));
    }
  }

  private rows(query: Record<string, string>): string {
    return `${this.start.urls["people"]}?${new URLSearchParams(query)}`;
  }

  paint(figures: Figures): void {
    setText(this.age, t("age", { time: new Date(figures.at).toLocaleTimeString(document.documentElement.lang || undefined) }));
    const parts = [this.strip(figures)];
    if (!figures.people["started"]) {
      parts.push(h("section", { class: "mv-card mv-empty" }, h("h2", {}, t("empty")),
        h("p", {}, t(figures.state === "open" ? "empty.open" : "empty.draft")),
        h("p", {}, h("code", {}, this.start.link))));
    }
    parts.push(h("div", { class: "mv-columns" }, this.arms(figures), this.cells(figures)));
    parts.push(card(t("stages"), figures.funnel.length ? bars(figures.funnel, (stage) => this.rows({ stage })) : quiet(t("stages.none")),
      figures.watched.length ? watched(figures.watched) : null));
    parts.push(card(t("models"), figures.latency.length ? latency(figures.latency) : quiet(t("models.none"))));
    parts.push(h("div", { class: "mv-columns" }, this.stuck(figures), this.failures(figures)));
    this.body.replaceChildren(...parts);
  }

  private strip(f: Figures): HTMLElement {
    const money = f.money.limit === null ? `$${f.money.spent.toFixed(2)}` : t("money.of", { spent: f.money.spent.toFixed(2), limit: f.money.limit.toFixed(2) });
    const calls = this.start.urls["calls"]!;
    const people = f.people;
    const left = LEFT.filter((key) => people[key]).map((key) =>
      h("a", { href: this.rows({ status: key }) }, t(`left.${key}`, { n: people[key]! })));
    const strip = h("div", { class: "mv-strip" },
      figure(t(`state.${f.state}`), f.version === null ? t("version.none") : t("version", { n: f.version }), null, f.state),
      figure(people["started"] ?? 0, t("started"), this.rows({})),
      figure(people["active_now"] ?? 0, t("active"), this.rows({ status: "active_now" })),
      figure(f.wanted ? `${people["complete"] ?? 0} / ${f.wanted}` : (people["complete"] ?? 0), t("complete"), this.rows({ status: "complete" })),
      figure(people["stuck"] ?? 0, t("silent"), this.rows({ status: "stuck" }), people["stuck"] ? "warn" : undefined),
      figure(f.calls.failed_day.reduce((sum, kind) => sum + kind.n, 0), t("failures.day"), calls, f.calls.failed_day.length ? "warn" : undefined),
      figure(money, t("spent"), null, f.money.limit !== null && f.money.spent >= f.money.limit ? "warn" : undefined, f.money.limit ? f.money.spent / f.money.limit : undefined),
    );
    return h("div", {}, strip, left.length ? h("p", { class: "mv-leftline" }, t("left"), " ", ...left) : null);
  }

  private arms(f: Figures): HTMLElement {
    const rows = f.arms.map((row) => h("tr", {},
      h("th", { scope: "row" }, row.arm || t("arm.none")),
      number(row.complete, this.rows({ arm: row.arm, status: "complete" }), row.target),
      number(row.active, this.rows({ arm: row.arm, status: "active" })),
      number(row.left, this.rows({ arm: row.arm, status: "left" }))));
    return card(t("arms"), rows.length ? table([t("arm"), t("complete"), t("underway"), t("gone")], rows) : quiet(t("arms.none")));
  }

  private cells(f: Figures): HTMLElement {
    const rows = f.cells.map((row) => {
      const meter = h("meter", { min: 0, max: Math.max(row.target, 1), value: row.held, "aria-label": t("of", { n: row.held, all: row.target }) });
      return h("tr", {}, h("th", { scope: "row" }, h("a", { href: this.rows({ cell: row.cell }) }, row.cell)),
        h("td", {}, `${row.complete}`), h("td", {}, `${row.held} / ${row.target} `, meter), h("td", {}, row.held >= row.target ? t("full") : t("free", { n: row.target - row.held })));
    });
    return card(t("quotas"), rows.length ? table([t("cell"), t("complete"), t("places"), t("room")], rows) : quiet(t("quotas.none")));
  }

  private stuck(f: Figures): HTMLElement {
    const rows = f.stuck.map((row) => h("tr", {}, h("td", {}, h("code", {}, row.pseudonym)), h("td", {}, row.stage || "–"), h("td", {}, row.arm || "–"), h("td", {}, ago(row.silent_minutes))));
    const all = (f.people["stuck"] ?? 0) > f.stuck.length ? h("p", {}, h("a", { href: this.rows({ status: "stuck" }) }, t("all", { n: f.people["stuck"] ?? 0 }))) : null;
    return card(t("silent.title"), rows.length ? table([t("who"), t("at"), t("arm"), t("silent.for")], rows) : quiet(t("silent.none")), all);
  }

  private failures(f: Figures): HTMLElement {
    const kinds = f.calls.failed_day.map((kind) => h("a", { href: `${this.start.urls["calls"]}?error=${encodeURIComponent(kind.kind)}`, class: "mv-detail" }, `${kind.kind}: ${kind.n}`));
    const rows = f.failures.slice(0, 8).map((row) => h("tr", {}, h("td", {}, clock(new Date(row.at))), h("td", {}, row.model), h("td", {}, row.error), h("td", { dir: "auto" }, row.detail.slice(0, 80))));
    return card(t("failures"), kinds.length ? h("p", {}, ...kinds) : null, rows.length ? table([t("when"), t("model"), t("error"), t("detail")], rows) : quiet(t("failures.none")));
  }
}

function figure(value: string | number, words: string, url: string | null, mark?: string, share?: number): HTMLElement {
  const shown = typeof value === "number" ? value.toLocaleString() : value;
  const inner = [h("b", {}, shown), h("span", {}, words)];
  if (share !== undefined) inner.push(h("meter", { min: 0, max: 1, high: 0.9, value: Math.min(1, share), "aria-label": t("budget") }));
  return url ? h("a", { class: "mv-figure", href: url, "data-mark": mark }, ...inner) : h("div", { class: "mv-figure", "data-mark": mark }, ...inner);
}

function card(title: string, ...content: (HTMLElement | SVGElement | null)[]): HTMLElement {
  return h("section", { class: "mv-card" }, h("h2", {}, title), ...content);
}

/** What the stages say about themselves; what somebody should look at stands out. */
function watched(lines: Watched[]): HTMLElement {
  return h("ul", { class: "mv-watched" }, ...lines.map((line) =>
    h("li", { dir: "auto", class: line.fine ? "mv-quiet" : "mv-finding", "data-level": line.fine ? undefined : "note" }, h("b", {}, line.stage), " ", line.said)));
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
  if (minutes < 90) return t("minutes", { n: minutes });
  return minutes < 2880 ? t("hours", { n: Math.round(minutes / 60) }) : t("days", { n: Math.round(minutes / 1440) });
}

customElements.define("mv-monitor", Monitor);
