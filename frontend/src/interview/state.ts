/** The interview as the server tells it. A model's name is never in here. */

import { splice } from "../conversation/state";

export interface Message {
  id: string;
  role: "person" | "interviewer" | "help";
  text: string;
  at: string;
  simulated: boolean;
}

export interface Card {
  version: number;
  title: string;
  description: string;
  policies: string[];
  by_hand: boolean;
  hints: string[];
  /** Words that must go before the card can be accepted, and words that may be names. */
  must: string[];
  names: string[];
}

export interface Talk {
  id: string;
  question: string;
  phase: "talking" | "answering" | "failed" | "carded";
  waiting: "" | "reply" | "card";
  stage_no: number;
  turns_used: number;
  turns_all: number;
  messages: Message[];
  may_say: boolean;
  may_propose: boolean;
  may_change: boolean;
  may_write: boolean;
  may_stop: boolean;
  /** The card was accepted before: leaving keeps it as it was. */
  accepted: boolean;
  draft: string;
  card: Card | null;
  turns: { id: string; answers: { slot: string; state: string; text: string }[] }[];
}

export interface State {
  stage: string;
  language: string;
  conversation: Talk | null;
}

/** Return what has streamed of the reply that is on its way. */
export function streaming(talk: Talk): string {
  return talk.turns[0]?.answers[0]?.text ?? "";
}

/** Put streamed text into the talk; false where a piece is missing. */
export function stream(talk: Talk, at: number, more: string): boolean {
  const answer = talk.turns[0]?.answers[0];
  if (!answer) return true;
  const text = splice(answer.text, at, more);
  if (text === null) return false;
  answer.text = text;
  return true;
}
