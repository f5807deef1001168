/** Actions that must not be lost: kept with their keys, also over a reload, until the server names the key. */

import { newKey } from "../dom";
import type { Action } from "./link";

export class Outbox {
  #pending: Action[];

  constructor(readonly place: string) {
    this.#pending = this.#read();
  }

  get pending(): readonly Action[] {
    return this.#pending;
  }

  /** Give `action` a key, keep it, and return it. */
  add(action: Action): Action {
    const keyed = { ...action, key: newKey() };
    this.#pending = [...this.#pending, keyed];
    this.#write();
    return keyed;
  }

  /** The server has answered this key; returns the action it belonged to. */
  settle(key: string | null | undefined): Action | undefined {
    const action = this.#pending.find((a) => a.key === key);
    if (!action) return undefined;
    this.#pending = this.#pending.filter((a) => a !== action);
    this.#write();
    return action;
  }

  has(what: string): boolean {
    return this.#pending.some((action) => action.do === what);
  }

  #read(): Action[] {
    try {
      return JSON.parse(sessionStorage.getItem(this.place) ?? "[]") as Action[];
    } catch {
      return [];
    }
  }

  #write(): void {
    try {
      if (this.#pending.length) sessionStorage.setItem(this.place, JSON.stringify(this.#pending));
      else sessionStorage.removeItem(this.place);
    } catch {
      // Storage is full or forbidden: the list in memory still serves this page.
    }
  }
}
