/** Dragging rows with pointer events (HTML5 drag does nothing on touch screens): an extra to the buttons. */

export interface DragHandlers {
  /** May this row be lifted now? */
  begin(row: HTMLElement): boolean;
  /** The row now belongs at this place, counted among the other rows. */
  place(row: HTMLElement, at: number): void;
  /** The row was let go. */
  end(row: HTMLElement): void;
}

/** Let rows of `list` be dragged by their `.rank-grip`; returns a function that stops it. */
export function dragRows(list: HTMLElement, on: DragHandlers): () => void {
  const stop = new AbortController();
  let held: { row: HTMLElement; pointer: number; moved: boolean; from: number } | null = null;

  const finish = (): void => {
    if (!held) return;
    held.row.classList.remove("dragged");
    if (held.moved) on.end(held.row);
    held = null;
  };

  list.addEventListener(
    "pointerdown",
    (event) => {
      const grip = (event.target as Element).closest<HTMLElement>(".rank-grip");
      const row = grip?.closest<HTMLElement>("li");
      if (!grip || !row || event.button !== 0 || !on.begin(row)) return;
      held = { row, pointer: event.pointerId, moved: false, from: event.clientY };
    },
    { signal: stop.signal },
  );

  // The listener sits on the window and nothing is captured: moving the row in the page would drop a capture.
  window.addEventListener(
    "pointermove",
    (event) => {
      if (!held || event.pointerId !== held.pointer) return;
      if (!held.moved && Math.abs(event.clientY - held.from) < 4) return;
      held.moved = true;
      held.row.classList.add("dragged");
      const row = held.row;
      const others = ([...list.children] as HTMLElement[]).filter((other) => other !== row);
      const at = others.filter((other) => event.clientY > middle(other)).length;
      if ([...list.children].indexOf(row) !== at) on.place(row, at);
    },
    { signal: stop.signal },
  );
  window.addEventListener("pointerup", finish, { signal: stop.signal });
  window.addEventListener("pointercancel", finish, { signal: stop.signal });
  return () => stop.abort();
}

function middle(row: HTMLElement): number {
  const box = row.getBoundingClientRect();
  return box.top + box.height / 2;
}
