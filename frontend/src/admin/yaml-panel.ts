/** The YAML twin of the forms: see it, take it away, or paste another. */

import { h, setText } from "../dom";
import type { Obj } from "./schema";
import { post } from "./post";
import { t } from "./words";

export class YamlPanel {
  readonly element: HTMLElement;
  private readonly box = h("textarea", { class: "mv-yaml", rows: 28, spellcheck: "false", dir: "ltr", "aria-label": t("yaml.box") });
  private readonly note = h("div", { role: "status" });

  constructor(
    private readonly urls: Record<string, string>,
    private readonly document: () => Obj,
    private readonly take: (next: Obj) => void,
  ) {
    const use = h("button", { type: "button", class: "mv-button mv-primary" }, t("yaml.use"));
    use.addEventListener("click", () => void this.use());
    const copy = h("button", { type: "button", class: "mv-button" }, t("copy"));
    copy.addEventListener("click", () => void navigator.clipboard.writeText(this.box.value).then(() => setText(this.note, t("copied"))));
    const download = h("button", { type: "button", class: "mv-button" }, t("download"));
    download.addEventListener("click", () => this.download());
    this.element = h("div", { class: "mv-yaml-panel" }, h("h2", {}, t("section.yaml")),
      h("p", { class: "mv-help" }, t("yaml.help")),
      this.note, this.box, h("div", { class: "mv-actions" }, use, copy, download));
    void this.load();
  }

  private async load(): Promise<void> {
    const answer = await post(this.urls["to_yaml"]!, { document: this.document() });
    if (answer.ok) this.box.value = await answer.text();
    else setText(this.note, t("yaml.lost"));
  }

  private async use(): Promise<void> {
    const answer = await post(this.urls["from_yaml"]!, this.box.value);
    const body = (await answer.json()) as { document?: Obj; problems?: Record<string, string>; lines?: Record<string, number>; message?: string };
    if (!answer.ok || !body.document) {
      this.note.replaceChildren(h("p", { class: "mv-finding", "data-level": "stop" }, body.message ?? t("yaml.not")));
      return;
    }
    const lines = Object.entries(body.problems ?? {}).map(([place, message]) =>
      h("li", {}, t("yaml.line", { n: body.lines?.[place] ?? "?", place, message })));
    this.take(body.document);
    this.note.replaceChildren(lines.length
      ? h("div", { class: "mv-finding", "data-level": "stop" }, h("p", {}, t("yaml.wrong")), h("ul", {}, ...lines))
      : h("p", { class: "mv-finding", "data-level": "fine" }, t("yaml.fine")));
  }

  private download(): void {
    const slug = this.document()["slug"];
    const url = URL.createObjectURL(new Blob([this.box.value], { type: "text/yaml" }));
    const link = h("a", { href: url, download: `${typeof slug === "string" ? slug : "study"}.yaml` });
    link.click();
    URL.revokeObjectURL(url);
  }
}
