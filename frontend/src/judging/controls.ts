/** Questions made of the browser's own controls: radios, boxes and fields. */

import { askOf, bare, isNeeded, show, slotOf, type Question } from "./question";

type Field = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

/** Radios of one name: digits choose by place, letters by `data-key`, left and right move in reading direction. */
export class Radios implements Question {
  readonly name: string;
  readonly slot: string;
  readonly root: HTMLElement;

  constructor(readonly radios: HTMLInputElement[]) {
    this.name = bare(radios[0]!.name);
    this.slot = slotOf(radios[0]!);
    this.root = askOf(radios[0]!);
  }

  get value(): string {
    return this.radios.find((radio) => radio.checked)?.value ?? "";
  }

  answered(): boolean {
    return this.value !== "";
  }

  needed(): boolean {
    return isNeeded(this.root) && this.radios.some((radio) => !radio.disabled);
  }

  keep(): unknown {
    return this.value;
  }

  put(kept: unknown): void {
    for (const radio of this.radios) radio.checked = radio.value === kept;
  }

  enter(): void {
    show(this.radios.find((radio) => radio.checked) ?? this.radios.find((radio) => !radio.disabled), this.root);
  }

  press(key: string): boolean {
    const open = this.radios.filter((radio) => !radio.disabled);
    const at = open.findIndex((radio) => radio.checked);
    const lettered = open.find((radio) => radio.dataset["key"] === key.toLowerCase());
    const by = { ArrowRight: 1, ArrowLeft: -1 }[key] ?? 0;
    const turned = getComputedStyle(this.root).direction === "rtl" ? -by : by;
    const chosen = lettered ?? (/^[1-9]$/.test(key) ? open[Number(key) - 1] : by === 0 ? undefined : open[at < 0 ? Math.floor((open.length - 1) / 2) : at + turned]);
    if (!chosen) return false;
    chosen.focus({ preventScroll: true });
    this.root.scrollIntoView?.({ block: "nearest" });
    if (!chosen.checked) chosen.click();
    return true;
  }

  owns(target: Element): boolean {
    return this.radios.includes(target as HTMLInputElement);
  }
}

/** Boxes of one name: digits tick and untick. Never needed. */
export class Boxes implements Question {
  readonly name: string;
  readonly slot: string;
  readonly root: HTMLElement;

  constructor(readonly boxes: HTMLInputElement[]) {
    this.name = bare(boxes[0]!.name);
    this.slot = slotOf(boxes[0]!);
    this.root = askOf(boxes[0]!);
  }

  answered(): boolean {
    return this.boxes.some((box) => box.checked);
  }

  needed(): boolean {
    return false;
  }

  keep(): unknown {
    return this.boxes.map((box) => box.checked);
  }

  put(kept: unknown): void {
    this.boxes.forEach((box, n) => (box.checked = Boolean((kept as boolean[])[n])));
  }

  enter(): void {
    show(this.boxes[0], this.root);
  }

  press(key: string): boolean {
    const box = /^[1-9]$/.test(key) ? this.boxes[Number(key) - 1] : undefined;
    if (!box || box.disabled) return false;
    box.focus();
    box.click();
    return true;
  }

  owns(target: Element): boolean {
    return this.boxes.includes(target as HTMLInputElement);
  }
}

/** A field somebody types into, or a list to choose from; undo leaves words alone, the field has its own. */
export class Typed implements Question {
  readonly name: string;
  readonly slot: string;
  readonly root: HTMLElement;

  constructor(readonly field: Field) {
    this.name = bare(field.name);
    this.slot = slotOf(field);
    this.root = askOf(field);
  }

  answered(): boolean {
    const least = "minLength" in this.field && this.field.minLength > 0 ? this.field.minLength : 1;
    return this.field.value.trim().length >= least;
  }

  needed(): boolean {
    return isNeeded(this.root) && !this.field.disabled && (this.field.required || this.field.matches("select, [minlength]"));
  }

  keep(): unknown {
    return null;
  }

  put(): void {}

  enter(): void {
    show(this.field, this.root);
  }

  press(): boolean {
    return false;
  }

  owns(target: Element): boolean {
    return target === this.field;
  }
}
