/** Questions about drawn faces, without a time limit or a score: after a wrong answer one tries again. */

import { EXPRESSIONS, type ExpressionName } from "./cues";
import { type Identity, newIdentity } from "./identity";

export interface Question {
  readonly shown: ExpressionName;
  readonly choices: readonly ExpressionName[];
  /** Drawn a little differently each time, -1..1. */
  readonly variation: number;
  readonly identity: Identity;
}

const CHOICES = 4;

/** A question unlike the last one, about another person; `random` gives 0..1. */
export function newQuestion(random: () => number, last?: Pick<Question, "shown" | "identity">): Question {
  const shown = pick(EXPRESSIONS.filter((name) => name !== last?.shown), random);
  const others = shuffle(EXPRESSIONS.filter((name) => name !== shown), random).slice(0, CHOICES - 1);
  return { shown, choices: shuffle([shown, ...others], random), variation: 2 * random() - 1, identity: newIdentity(random, last?.identity) };
}

function pick<T>(items: readonly T[], random: () => number): T {
  return items[Math.min(Math.floor(random() * items.length), items.length - 1)];
}

function shuffle<T>(items: readonly T[], random: () => number): T[] {
  const mixed = [...items];
  for (let i = mixed.length - 1; i > 0; i--) {
    const j = Math.min(Math.floor(random() * (i + 1)), i);
    [mixed[i], mixed[j]] = [mixed[j], mixed[i]];
  }
  return mixed;
}
