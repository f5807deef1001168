/** Where the picture is looked at from: a place and a scale, moved and zoomed without losing what is under the pointer. */

export interface Point { x: number; y: number }
export interface Camera extends Point { k: number }
export interface Size { width: number; height: number }
export interface Box { left: number; top: number; right: number; bottom: number }

export const CLOSEST = 4;

/** Return where a point of the graph is on the screen. */
export function onScreen(camera: Camera, at: Point): Point {
  return { x: at.x * camera.k + camera.x, y: at.y * camera.k + camera.y };
}

/** Return the box that holds all points; of nothing, a box of no size. */
export function boxOf(points: readonly Point[]): Box {
  if (!points.length) return { left: 0, top: 0, right: 0, bottom: 0 };
  const box = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity };
  for (const { x, y } of points) {
    box.left = Math.min(box.left, x);
    box.right = Math.max(box.right, x);
    box.top = Math.min(box.top, y);
    box.bottom = Math.max(box.bottom, y);
  }
  return box;
}

/** Return the camera that sees all of a box, never closer than life. */
export function whole(box: Box, size: Size): Camera {
  const room = { x: Math.min(92, size.width * 0.17), y: 50 };
  const wide = Math.max(box.right - box.left, 1);
  const high = Math.max(box.bottom - box.top, 1);
  const k = Math.max(0.001, Math.min(1.25, (size.width - 2 * room.x) / wide, (size.height - 2 * room.y) / high));
  return { k, x: size.width / 2 - ((box.left + box.right) / 2) * k, y: size.height / 2 - ((box.top + box.bottom) / 2) * k };
}

/** Return the camera `factor` closer, with what is at `at` on the screen staying there. */
export function zoomed(camera: Camera, factor: number, at: Point, furthest: number): Camera {
  const k = Math.min(CLOSEST, Math.max(furthest, camera.k * factor));
  const real = k / camera.k;
  return { k, x: at.x - (at.x - camera.x) * real, y: at.y - (at.y - camera.y) * real };
}

/** Return the camera moved so that a point of the graph is inside the screen, with some room; the same where it is. */
export function showing(camera: Camera, at: Point, size: Size, room = 70): Camera {
  const { x, y } = onScreen(camera, at);
  const dx = Math.max(0, room - x) - Math.max(0, x - (size.width - room));
  const dy = Math.max(0, room - y) - Math.max(0, y - (size.height - room));
  return dx || dy ? { k: camera.k, x: camera.x + dx, y: camera.y + dy } : camera;
}

/** Return the camera kept where at least something of the box can be seen. */
export function held(camera: Camera, box: Box, size: Size, room = 60): Camera {
  const x = Math.min(size.width - room - box.left * camera.k, Math.max(room - box.right * camera.k, camera.x));
  const y = Math.min(size.height - room - box.top * camera.k, Math.max(room - box.bottom * camera.k, camera.y));
  return { k: camera.k, x, y };
}
