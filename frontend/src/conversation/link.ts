/** The line to the server: a socket that comes back by itself, or its plain twin where sockets cannot open. */

import type { Event } from "./state";

export type Action = { do: string; key?: string; [more: string]: unknown };

export interface LinkHandlers {
  event(event: Event): void;
  /** The line is up and the first state is in: what is not acknowledged should be sent again. */
  ready(): void;
  lost(): void;
  /** The server let this page go: it is open elsewhere, or the person is not known any more. */
  gone(): void;
  /** Is there something to wait for, so that the plain twin should be asked often? */
  waiting(): boolean;
}

const LET_GO = new Set([4401, 4409]);
const PING_EVERY = 25_000;
const ASK_AFTER = 3_000;
const PONG_WITHIN = 10_000;
const FIRST_WORD_WITHIN = 8_000;

export class Link {
  mode: "socket" | "plain" = "socket";
  #socket: WebSocket | null = null;
  #up = false;
  #everHeard = false;
  #failures = 0;
  #silences = 0;
  #timer = 0;
  #heart = 0;
  #streams = 0;
  #stop = new AbortController();

  constructor(
    readonly socketAddress: string,
    readonly twinAddress: string,
    readonly on: LinkHandlers,
  ) {}

  start(): void {
    const { signal } = this.#stop;
    const again = (): void => void (this.#up || document.visibilityState !== "visible" || this.#open());
    window.addEventListener("online", again, { signal });
    document.addEventListener("visibilitychange", again, { signal });
    // A browser that says it is offline has lost its line, even if the socket has not noticed.
    window.addEventListener("offline", () => this.#up && this.#lose(), { signal });
    this.#open();
  }

  stop(): void {
    this.#stop.abort();
    window.clearTimeout(this.#timer);
    this.#drop();
  }

  /** Read the whole state again: reconnect = start. */
  resync(): void {
    this.#drop();
    this.#open();
  }

  /** Send now if the line is up; what must not be lost is kept by the caller until acknowledged. */
  send(action: Action): void {
    if (this.mode === "plain") void this.#post(action);
    else if (this.#up && this.#socket?.readyState === WebSocket.OPEN) {
      this.#socket.send(JSON.stringify(action));
      // Who has sent something that is waited for should not look at “Saving…” for as long as a quiet line may take.
      if (action.key) this.#beat(this.#socket, ASK_AFTER);
    }
  }

  #open(): void {
    if (this.#stop.signal.aborted) return;
    window.clearTimeout(this.#timer);
    if (this.mode === "plain") return void this.#poll();
    this.#drop();
    const address = new URL(this.socketAddress, window.location.href);
    address.protocol = address.protocol.replace("http", "ws");
    const socket = new WebSocket(address.href);
    this.#socket = socket;
    // A line counts from its first word: some proxies open sockets and then let nothing through.
    let heard = false;
    // Others never open them and never say no: the wait is from the asking.
    this.#heart = window.setTimeout(() => this.#failed(false), FIRST_WORD_WITHIN);
    socket.onmessage = (message) => {
      heard = this.#everHeard = true;
      if (String(message.data).includes('"pong"')) this.#silences = 0;
      this.#hear(socket, JSON.parse(String(message.data)) as Event);
    };
    socket.onclose = (event) => {
      if (socket !== this.#socket) return;
      if (LET_GO.has(event.code)) return this.#letGo();
      this.#failed(heard);
    };
  }

  /** A line that brought nothing is tried again a few times; then the plain twin carries on. */
  #failed(heard: boolean): void {
    this.#failures += 1;
    const patient = heard ? this.#silences < 2 : this.#failures < (this.#everHeard ? 5 : 2);
    if (patient) return this.#lose();
    this.#drop();
    this.mode = "plain";
    this.#open();
  }

  #hear(socket: WebSocket, event: Event): void {
    if (socket !== this.#socket) return;
    this.#beat(socket);
    this.#receive(event);
  }

  #receive(event: Event): void {
    this.on.event(event);
    if (event.type !== "state" || this.#up) return;
    this.#up = true;
    this.#failures = 0;
    this.on.ready();
  }

  /** A phone's dead line says nothing: ask after a silence, and take no answer as lost. */
  #beat(socket: WebSocket, after = PING_EVERY): void {
    window.clearTimeout(this.#heart);
    this.#heart = window.setTimeout(() => {
      if (socket.readyState === WebSocket.OPEN) socket.send('{"do":"ping"}');
      this.#heart = window.setTimeout(() => {
        this.#silences += 1;
        this.#failed(true);
      }, PONG_WITHIN);
    }, after);
  }

  #drop(): void {
    window.clearTimeout(this.#heart);
    const socket = this.#socket;
    this.#socket = null;
    this.#up = false;
    socket?.close();
  }

  #lose(): void {
    this.#drop();
    this.on.lost();
    const wait = Math.min(15_000, 500 * 2 ** Math.min(this.#failures, 6)) * (0.7 + Math.random() * 0.6);
    window.clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => this.#open(), wait);
  }

  #letGo(): void {
    this.stop();
    this.on.gone();
  }

  async #poll(): Promise<void> {
    try {
      const answer = await fetch(this.twinAddress, { headers: { Accept: "application/json" }, signal: this.#stop.signal });
      if (answer.status === 401 || answer.status === 409) return this.#letGo();
      if (!answer.ok) throw new Error(String(answer.status));
      // A stream that is open tells more, and later, than this answer does.
      if (this.#streams === 0 || !this.#up) this.#receive((await answer.json()) as Event);
      this.#timer = window.setTimeout(() => this.#open(), this.on.waiting() ? 2_000 : 20_000);
    } catch {
      if (this.#stop.signal.aborted) return;
      this.#failures += 1;
      this.#lose();
    }
  }

  async #post(action: Action): Promise<void> {
    this.#streams += 1;
    try {
      const answer = await fetch(this.twinAddress, {
        method: "POST",
        headers: { "Content-Type": "application/json", Accept: "application/x-ndjson, application/json" },
        body: JSON.stringify(action),
        signal: this.#stop.signal,
      });
      if (answer.ok && answer.body) return await this.#lines(answer.body);
      if (answer.status === 429 || answer.status >= 500) throw new Error(String(answer.status));
      const refusal = (await answer.json()) as { code: string; message: string; fields: Record<string, string> };
      if (answer.status === 401 || refusal.code === "moved_on") return this.#letGo();
      this.on.event({ ...refusal, type: "refused", key: action.key ?? null });
    } catch {
      if (this.#stop.signal.aborted) return;
      this.#failures += 1;
      this.#lose();
    } finally {
      this.#streams -= 1;
    }
  }

  async #lines(body: ReadableStream<Uint8Array>): Promise<void> {
    const reader = body.getReader();
    const decoder = new TextDecoder();
    let rest = "";
    for (;;) {
      const { done, value } = await reader.read();
      rest += decoder.decode(value, { stream: !done });
      const lines = rest.split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) if (line.trim()) this.#receive(JSON.parse(line) as Event);
      if (done) return;
    }
  }
}
