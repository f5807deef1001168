import { afterEach, expect, it, vi } from "vitest";
import { MvWait } from "./mv-wait";

const form = (key: string): string => `<form method="post" action="/s/tea/here/"><input type="hidden" name="key" value="${key}"></form>`;
const page = (inside: string): Response => new Response(`<html><body><main>${inside}</main></body></html>`, { status: 200 });

afterEach(() => {
  document.body.replaceChildren();
  vi.useRealTimers();
  vi.restoreAllMocks();
});

it("looks again with a new key each time, through a network that is away, until the next page is there", async () => {
  vi.useFakeTimers();
  const keys: string[] = [];
  const answers = [
    (): Promise<Response> => Promise.resolve(page(`<p data-waiting></p><mv-wait>${form("two")}</mv-wait>`)),
    (): Promise<Response> => Promise.reject(new TypeError("away")),
    (): Promise<Response> => Promise.resolve(page("<h1>Story 1</h1>")),
  ];
  vi.stubGlobal("fetch", (_address: string, sent: RequestInit) => {
    keys.push(String((sent.body as FormData).get("key")));
    return answers[keys.length - 1]!();
  });
  const reload = vi.spyOn(MvWait.prototype, "reload").mockImplementation(() => undefined);
  document.body.innerHTML = `<mv-wait>${form("one")}</mv-wait>`;
  await vi.advanceTimersByTimeAsync(400);
  expect(reload).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(4200);
  expect(keys).toEqual(["one", "two", "two"]);
  expect(reload).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(keys).toHaveLength(3);
});

it("stops when it is taken away", async () => {
  vi.useFakeTimers();
  const fetched = vi.fn(() => Promise.resolve(page("")));
  vi.stubGlobal("fetch", fetched);
  document.body.innerHTML = `<mv-wait>${form("one")}</mv-wait>`;
  document.body.replaceChildren();
  await vi.advanceTimersByTimeAsync(5000);
  expect(fetched).not.toHaveBeenCalled();
});
