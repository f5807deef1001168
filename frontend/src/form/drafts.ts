/** Drafts: sent to the server a moment after the last change, with back-off, and a shadow in this browser until then. */

export type DraftState = "saving" | "saved" | "unsaved" | "stuck";

export interface Draft {
  stage: string;
  step: string;
  values: Record<string, string | string[]>;
}

export interface DraftOptions {
  url: string;
  token: string;
  read: () => Draft;
  tell: (state: DraftState) => void;
}

const WAIT = 1200;
const LONGEST = 60_000;
// Answers that repeating cannot change: the page moved on, or the draft is not acceptable.
const HOPELESS = new Set([400, 404, 405, 409, 410, 413, 415, 422]);

export class Drafts {
  #options: DraftOptions;
  #timer = 0;
  #delay = 0;
  #busy = false;
  #dirty = false;
  #stopped = false;
  #online = (): void => void (this.#dirty && this.#soon(0));

  constructor(options: DraftOptions) {
    this.#options = options;
    window.addEventListener("online", this.#online);
  }

  /** Whether the last attempt did not get through. */
  get failing(): boolean {
    return this.#delay > 0;
  }

  /** Something changed: keep it here now, and send it soon. */
  changed(): void {
    this.#dirty = true;
    this.keep();
    if (!this.#stopped && this.#delay === 0) this.#soon(WAIT);
  }

  /** Keep a copy in this browser; it goes when the server has it. */
  keep(): void {
    try {
      localStorage.setItem(this.#place, JSON.stringify(this.#options.read()));
    } catch {
      // Storage is full or forbidden; the server's copy has to do.
    }
  }

  /** Return the values kept here for this very step, if the server never got them; drop any other copy. */
  kept(): Draft["values"] | null {
    try {
      const copy = JSON.parse(localStorage.getItem(this.#place) ?? "null") as Draft | null;
      const { stage, step } = this.#options.read();
      if (copy && copy.stage === stage && copy.step === step) return copy.values;
      localStorage.removeItem(this.#place);
    } catch {
      // Not readable: as if there were none.
    }
    return null;
  }

  /** The page is being left: send what is not sent, without waiting for the answer. */
  flush(): void {
    if (!this.#dirty || this.#stopped) return;
    void this.#post(true).catch(() => {});
  }

  /** The form itself is on its way; no draft may follow it. */
  stop(): void {
    this.#stopped = true;
    window.clearTimeout(this.#timer);
    window.removeEventListener("online", this.#online);
  }

  /** After a form that did not get through. */
  resume(): void {
    this.#stopped = false;
    window.addEventListener("online", this.#online);
    if (this.#dirty) this.#soon(WAIT);
  }

  #soon(wait: number): void {
    window.clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => void this.#send(), wait);
  }

  async #send(): Promise<void> {
    if (this.#busy || this.#stopped) return;
    this.#busy = true;
    this.#dirty = false;
    this.#options.tell("saving");
    try {
      const answer = await this.#post(false);
      if (answer.ok) this.#arrived();
      else if (HOPELESS.has(answer.status)) this.#options.tell("stuck");
      else throw new Error(String(answer.status));
    } catch {
      this.#dirty = true;
      this.#delay = Math.min(LONGEST, (this.#delay || 1000) * 2);
      this.#options.tell("unsaved");
      if (!this.#stopped) this.#soon(this.#delay * (0.75 + Math.random() / 2));
    } finally {
      this.#busy = false;
    }
  }

  #arrived(): void {
    this.#delay = 0;
    if (this.#dirty) return void (this.#stopped || this.#soon(WAIT));
    localStorage.removeItem(this.#place);
    this.#options.tell("saved");
  }

  #post(leaving: boolean): Promise<Response> {
    return fetch(this.#options.url, {
      method: "POST",
      keepalive: leaving,
      credentials: "same-origin",
      headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": this.#options.token },
      body: JSON.stringify(this.#options.read()),
    });
  }

  get #place(): string {
    return `mv:draft:${this.#options.url}`;
  }
}
