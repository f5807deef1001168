/** The choices made on this page, so that the last one can be taken back; side effects of a choice go with it. */

import type { Question } from "./question";

type Snapshot = Map<Question, unknown>;

const TOGETHER = 1200; // a slider dragged, or a key held, is one choice

export class History {
  #now: Snapshot;
  #before: { snapshot: Snapshot; question: Question; at: number }[] = [];

  constructor(readonly questions: readonly Question[]) {
    this.#now = this.#take();
  }

  get length(): number {
    return this.#before.length;
  }

  /** Something about `question` changed; returns whether it differs from what was known. */
  note(question: Question, at: number): boolean {
    const fresh = this.#take();
    if (same(fresh, this.#now)) return false;
    const last = this.#before.at(-1);
    if (last?.question === question && at - last.at < TOGETHER) last.at = at;
    else this.#before.push({ snapshot: this.#now, question, at });
    this.#now = fresh;
    return true;
  }

  /** What is there now is how it began: nothing to take back. */
  settle(): void {
    this.#now = this.#take();
  }

  /** Put everything back as it was before the last choice; returns the question it was about. */
  undo(): Question | null {
    const last = this.#before.pop();
    if (!last) return null;
    for (const question of this.questions) {
      const kept = last.snapshot.get(question);
      if (JSON.stringify(kept) !== JSON.stringify(this.#now.get(question))) question.put(kept);
    }
    this.#now = this.#take();
    return last.question;
  }

  #take(): Snapshot {
    return new Map(this.questions.map((question) => [question, question.keep()]));
  }
}

function same(a: Snapshot, b: Snapshot): boolean {
  return [...a].every(([question, kept]) => JSON.stringify(kept) === JSON.stringify(b.get(question)));
}
