/** What is noticed while a person fills a page: times, changes, absence, pasted characters; never content. */

interface ItemRecord {
  first_ms: number;
  last_ms: number;
  changes: number;
}

export class PageRecord {
  #started = performance.now();
  #away = 0;
  #leftAt: number | null = null;
  #items: Record<string, ItemRecord> = {};
  #pasted = 0;

  /** Note that the item `name` was touched now. */
  touch(name: string, changed: boolean): void {
    const now = this.#now();
    const item = (this.#items[name] ??= { first_ms: now, last_ms: now, changes: 0 });
    item.last_ms = now;
    if (changed) item.changes += 1;
  }

  /** Note `characters` arriving by paste. */
  paste(characters: number): void {
    this.#pasted += characters;
  }

  /** Note that the page went out of sight, or came back. */
  see(visible: boolean): void {
    if (!visible) this.#leftAt ??= performance.now();
    else if (this.#leftAt !== null) {
      this.#away += performance.now() - this.#leftAt;
      this.#leftAt = null;
    }
  }

  /** The record so far, as it is sent: milliseconds since the page was there. */
  read(): { page_ms: number; items: Record<string, ItemRecord>; away_ms: number; pasted_chars: number } {
    const away = this.#away + (this.#leftAt === null ? 0 : performance.now() - this.#leftAt);
    return { page_ms: this.#now(), items: this.#items, away_ms: Math.round(away), pasted_chars: this.#pasted };
  }

  #now(): number {
    return Math.round(performance.now() - this.#started);
  }
}
