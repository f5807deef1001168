/** Turns wheel, fingers, mouse and keys into movements of the picture. */

import type { Point } from "./camera";

export interface Moves {
  pan(dx: number, dy: number): void;
  zoom(factor: number, at: Point): void;
  press(target: Element): void;
  mayWheel(): boolean;
  hint(): void;
}

const SLIP = 5; // a finger that moved less than this has pressed, not dragged

/** Listen on `surface`; everything ends with `signal`. */
export function attend(surface: SVGSVGElement, moves: Moves, signal: AbortSignal): void {
  const fingers = new Map<number, Point>();
  let start: Point = { x: 0, y: 0 };
  let dragged = false;
  const place = (event: MouseEvent): Point => {
    const box = surface.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };

  surface.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && !event.metaKey && !moves.mayWheel()) {
      moves.hint();
      return;
    }
    event.preventDefault();
    const lines = event.deltaMode === 1 ? 16 : 1;
    moves.zoom(Math.exp(-Math.max(-120, Math.min(120, event.deltaY * lines)) * (event.ctrlKey ? 0.008 : 0.003)), place(event));
  }, { passive: false, signal });

  surface.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    fingers.set(event.pointerId, place(event));
    if (fingers.size === 1) [start, dragged] = [place(event), false];
    else dragged = true;
  }, { signal });

  surface.addEventListener("pointermove", (event) => {
    const before = fingers.get(event.pointerId);
    if (!before) return;
    const now = place(event);
    if (!dragged && Math.hypot(now.x - start.x, now.y - start.y) < SLIP) return;
    if (!dragged) surface.setPointerCapture(event.pointerId);
    dragged = true;
    const [one, two] = [...fingers.values()];
    if (two && one) {
      const was = Math.hypot(one.x - two.x, one.y - two.y);
      const middle = { x: (one.x + two.x) / 2, y: (one.y + two.y) / 2 };
      fingers.set(event.pointerId, now);
      const [a, b] = [...fingers.values()];
      moves.pan((a!.x + b!.x) / 2 - middle.x, (a!.y + b!.y) / 2 - middle.y);
      if (was > 1) moves.zoom(Math.hypot(a!.x - b!.x, a!.y - b!.y) / was, { x: (a!.x + b!.x) / 2, y: (a!.y + b!.y) / 2 });
    } else {
      fingers.set(event.pointerId, now);
      moves.pan(now.x - before.x, now.y - before.y);
    }
  }, { signal });

  const lift = (event: PointerEvent): void => {
    fingers.delete(event.pointerId);
    // The click that ends a drag comes before this, and is none.
    if (!fingers.size) window.setTimeout(() => { dragged = false; });
  };
  surface.addEventListener("pointerup", lift, { signal });
  surface.addEventListener("pointercancel", lift, { signal });
  surface.addEventListener("click", (event) => {
    event.preventDefault(); // a link's own way would only move the page
    if (!dragged) moves.press(event.target as Element);
  }, { signal });
  surface.addEventListener("dragstart", (event) => event.preventDefault(), { signal });
}
