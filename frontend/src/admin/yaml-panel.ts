/** The YAML twin of the forms: see it, take it away, or paste another. */

import { h, setText } from "../dom";
import type { Obj } from "./schema";
import { post } from "./study-editor";

export class YamlPanel {
  readonly element: HTMLElement;
  private readonly box = h("textarea", { class: "mv-yaml", rows: 28, spellcheck: "false", dir: "ltr", "aria-label": "The study as YAML" });
  private readonly note = h("div", { role: "status" });

  constructor(
    private readonly urls: Record<string, string>,
    private readonly document: () => Obj,
    private readonly take: (next: Obj) => void,
  ) {
    const use = h("button", { type: "button", class: "mv-button mv-primary" }, "Use this YAML");
    use.addEventListener("click", () => void this.use());
    const copy = h("button", { type: "button", class: "mv-button" }, "Copy");
    copy.addEventListener("click", () => void navigator.clipboard.writeText(this.box.value).then(() => setText(this.note, "Copied.")));
    const download = h("button", { type: "button", class: "mv-button" }, "Download");
    download.addEventListener("click", () => this.download());
    this.element = h("div", { class: "mv-yaml-panel" }, h("h2", {}, "YAML"),
      h("p", { class: "mv-help" }, "The same study as text. Paste another one over it to replace the draft; what was there stays in the history."),
      this.note, this.box, h("div", { class: "mv-actions" }, use, copy, download));
    void this.load();
  }

  private async load(): Promise<void> {
    const answer = await post(this.urls["to_yaml"]!, { document: this.document() });
    if (answer.ok) this.box.value = await answer.text();
    else setText(this.note, "The YAML could not be loaded. Open this part again to retry.");
  }

  private async use(): Promise<void> {
    const answer = await post(this.urls["from_yaml"]!, this.box.value);
    const body = (await answer.json()) as { document?: Obj; problems?: Record<string, string>; lines?: Record<string, number>; message?: string };
    if (!answer.ok || !body.document) {
      this.note.replaceChildren(h("p", { class: "mv-finding", "data-level": "stop" }, body.message ?? "This is not YAML."));
      return;
    }
    const lines = Object.entries(body.problems ?? {}).map(([place, message]) =>
      h("li", {}, `line ${body.lines?.[place] ?? "?"}, ${place}: ${message}`));
    this.take(body.document);
    this.note.replaceChildren(lines.length
      ? h("div", { class: "mv-finding", "data-level": "stop" }, h("p", {}, "Taken over, with mistakes to correct:"), h("ul", {}, ...lines))
      : h("p", { class: "mv-finding", "data-level": "fine" }, "Taken over, no mistakes."));
  }

  private download(): void {
    const slug = this.document()["slug"];
    const url = URL.createObjectURL(new Blob([this.box.value], { type: "text/yaml" }));
    const link = h("a", { href: url, download: `${typeof slug === "string" ? slug : "study"}.yaml` });
    link.click();
    URL.revokeObjectURL(url);
  }
}
