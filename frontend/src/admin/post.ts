/** Post JSON with the page's form token. */
export function post(url: string, body: unknown): Promise<Response> {
  const token = document.querySelector<HTMLInputElement>("input[name=csrfmiddlewaretoken]")?.value ?? "";
  const raw = typeof body === "string";
  return fetch(url, {
    method: "POST",
    headers: { "Content-Type": raw ? "text/yaml" : "application/json", "X-CSRFToken": token, Accept: "application/json" },
    body: raw ? body : JSON.stringify(body),
  });
}
