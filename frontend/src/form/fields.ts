/** Small services around a form's fields: errors, number keys, and putting a kept draft back. */

/** Move the focus to the error summary, if the page has one. */
export function focusErrors(): void {
  document.getElementById("errors")?.focus();
}

/** Let each sentence of the summary lead to the first control of its field. */
export function watchErrors(form: HTMLFormElement, signal: AbortSignal): void {
  form.querySelector("#errors")?.addEventListener(
    "click",
    (event) => {
      const link = (event.target as Element).closest<HTMLAnchorElement>('a[href^="#"]');
      const field = link && document.getElementById(decodeURIComponent(link.hash.slice(1)));
      if (!field) return;
      event.preventDefault();
      field.scrollIntoView({ block: "center" });
      const control = field.matches("input, select, textarea")
        ? field
        : field.querySelector<HTMLElement>("input:not([type=hidden]):not(:disabled), select, textarea, button");
      control?.focus({ preventScroll: true });
    },
    { signal },
  );
}

/** The digits 1 to 9 choose in the radio list that has the focus, or in the only `[data-keys]` list of the page. */
export function onDigit(event: KeyboardEvent, form: HTMLFormElement): void {
  if (!/^[1-9]$/.test(event.key) || event.ctrlKey || event.metaKey || event.altKey) return;
  const target = event.target as HTMLElement;
  if (form.querySelector("mv-judge")) return; // which has keys of its own
  if (target.closest("textarea, select, [contenteditable], input:not([type=radio])")) return;
  const lists = form.querySelectorAll<HTMLElement>("fieldset[data-keys]:not([hidden])");
  const list = target.closest<HTMLElement>("fieldset[data-keys]") ?? (lists.length === 1 ? lists[0] : null);
  const radio = list?.querySelectorAll<HTMLInputElement>("input[type=radio]:not(:disabled)")[Number(event.key) - 1];
  if (!radio) return;
  event.preventDefault();
  radio.focus();
  radio.click();
}

type Fillable = HTMLElement & { fill?: (values: Record<string, string | string[]>) => boolean };

/** Put kept values into fields that the server left empty; returns whether any was filled. */
export function fillEmpty(form: HTMLFormElement, values: Record<string, string | string[]>): boolean {
  let filled = false;
  for (const [name, value] of Object.entries(values)) {
    const wanted = [value].flat();
    const controls = [...form.elements].filter((e): e is HTMLInputElement => (e as HTMLInputElement).name === name);
    const boxes = controls.filter((c) => c.type === "radio" || c.type === "checkbox");
    if (boxes.length > 0 && !boxes.some((box) => box.checked)) {
      for (const box of boxes) box.checked = wanted.includes(box.value);
      filled ||= boxes.some((box) => box.checked);
    }
    for (const control of controls) {
      if (boxes.includes(control) || control.type === "hidden" || control.value || !wanted[0]) continue;
      control.value = wanted[0];
      filled = true;
    }
    // A scale's carrier is hidden and disabled while unanswered: the element itself takes the value.
    const scale = controls.find((control) => control.type === "hidden")?.closest("mv-vas");
    if (scale && "value" in scale && scale.value === null && wanted[0]) {
      scale.value = Number(wanted[0]);
      filled = true;
    }
  }
  // Orders and marked passages are more than their fields: they take what is theirs.
  for (const part of form.querySelectorAll<Fillable>("mv-rank, mv-spans")) filled = (part.fill?.(values) ?? false) || filled;
  return filled;
}

/** A box marked `data-exclusive` ("none of these") and its neighbours empty each other. */
export function keepExclusive(box: HTMLInputElement): void {
  if (box.type !== "checkbox" || !box.checked || !box.form) return;
  for (const other of box.form.elements) {
    if (!(other instanceof HTMLInputElement) || other === box || other.name !== box.name) continue;
    if ("exclusive" in box.dataset || "exclusive" in other.dataset) other.checked = false;
  }
}
