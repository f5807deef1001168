/** What is noticed while somebody judges: times, changes, what stood before their eyes; never content. */

interface SlotRecord {
  first_ms: number | null;
  last_ms: number | null;
  changes: number;
  seen_ms: number;
}

export interface JudgeRecord {
  /** Time the page was in sight and had the focus. */
  ms: number;
  changes: number;
  undone: number;
  slots: Record<string, SlotRecord>;
}

/** A clock that runs only while the page is in sight and has the focus. */
export class Dwell {
  #sum = 0;
  #since: number | null = null;

  constructor() {
    this.look();
  }

  /** Sight or focus may have changed. */
  look(): void {
    const here = document.visibilityState !== "hidden" && document.hasFocus();
    if (here) this.#since ??= performance.now();
    else if (this.#since !== null) {
      this.#sum += performance.now() - this.#since;
      this.#since = null;
    }
  }

  get ms(): number {
    return Math.round(this.#sum + (this.#since === null ? 0 : performance.now() - this.#since));
  }
}

export class Recorder {
  readonly dwell = new Dwell();
  #changes = 0;
  #undone = 0;
  #slots: Record<string, SlotRecord> = {};
  #seen = new Map<Element, { slot: string; since: number | null }>();
  #watcher: IntersectionObserver | null = null;

  /** Note when each response is before somebody's eyes: half of it, or half of the window full of it. */
  watch(cards: Iterable<HTMLElement>, signal: AbortSignal): void {
    for (const event of ["focus", "blur"]) window.addEventListener(event, () => this.dwell.look(), { signal });
    document.addEventListener("visibilitychange", () => this.dwell.look(), { signal });
    if (typeof IntersectionObserver === "undefined") return;
    this.#watcher = new IntersectionObserver(
      (entries) => {
        for (const { target, intersectionRatio, intersectionRect } of entries)
          this.#see(target, intersectionRatio >= 0.5 || intersectionRect.height >= window.innerHeight / 2);
      },
      { threshold: [0, 0.1, 0.25, 0.5, 0.75] },
    );
    signal.addEventListener("abort", () => this.#watcher?.disconnect());
    for (const card of cards) {
      this.#seen.set(card, { slot: card.dataset["slot"] ?? "", since: null });
      this.#watcher.observe(card);
    }
  }

  changed(slot: string): void {
    this.#changes += 1;
    if (!slot) return;
    const now = this.dwell.ms;
    const record = this.#slot(slot);
    record.first_ms ??= now;
    record.last_ms = now;
    record.changes += 1;
  }

  undone(): void {
    this.#undone += 1;
  }

  read(): JudgeRecord {
    for (const [card, { since }] of this.#seen) if (since !== null) this.#see(card, true, true);
    return { ms: this.dwell.ms, changes: this.#changes, undone: this.#undone, slots: this.#slots };
  }

  #see(card: Element, visible: boolean, again = false): void {
    const seen = this.#seen.get(card);
    if (!seen || (visible === (seen.since !== null) && !again)) return;
    const now = this.dwell.ms;
    if (seen.since !== null) this.#slot(seen.slot).seen_ms += now - seen.since;
    seen.since = visible ? now : null;
  }

  #slot(slot: string): SlotRecord {
    return (this.#slots[slot] ??= { first_ms: null, last_ms: null, changes: 0, seen_ms: 0 });
  }
}
