import { describe, expect, it } from "vitest";
import { keyOf } from "./keys";

const key = (name: string, code: string, more: KeyboardEventInit = {}): string => keyOf(new KeyboardEvent("keydown", { key: name, code, ...more }));

describe("keyOf", () => {
  it("leaves Latin letters, digits and named keys as they are, wherever they stand", () => {
    expect(key("z", "KeyY")).toBe("z"); // a German keyboard
    expect(key("7", "Numpad7")).toBe("7");
    expect(key("ArrowLeft", "ArrowLeft")).toBe("ArrowLeft");
    expect(key("Enter", "Enter")).toBe("Enter");
  });

  it("goes by the place of the key on keyboards of other scripts", () => {
    expect(key("ش", "KeyA")).toBe("a");
    expect(key("я", "KeyZ")).toBe("z");
    expect(key("٣", "Digit3")).toBe("3");
  });

  it("reads the digits of a French keyboard without Shift, and no others with it", () => {
    expect(key("&", "Digit1")).toBe("1");
    expect(key("!", "Digit1", { shiftKey: true })).toBe("!");
  });
});
