import { sentenceOf } from './stories/play.ts';

/** Something that was made, or is about to be. */
export interface Remain {
  readonly what: string;
  /** The commands that remove it by hand. */
  readonly byHand: readonly string[];
  /** What has to be gone before: while one of these is there, this is left too. */
  readonly after?: readonly Remain[];
  /** Removes it, and is content where it is not there: it is listed before it is made, so that a half-made thing is removed too. */
  remove(): Promise<void>;
}

/** Something that is still there, and how to remove it. */
export interface Left {
  readonly what: string;
  readonly byHand: readonly string[];
  /** Why it could not be removed, where that was tried. */
  readonly why?: string;
}

/** What a run has made, in the order of its making; it is removed in reverse. */
export class Remains {
  readonly #all: Remain[] = [];
  readonly #whyLeft = new Map<Remain, string>();

  add(remain: Remain): void {
    this.#all.push(remain);
  }

  /** The order in which it has to be removed. */
  get left(): Left[] {
    return this.#all.toReversed().map((remain) => {
      const why = this.#whyLeft.get(remain);
      return { what: remain.what, byHand: remain.byHand, ...(why === undefined ? {} : { why }) };
    });
  }

  /** Removes all that it can, the newest first; what fails stays listed, and the rest is removed all the same. */
  async removeAll(tell: (line: string) => void, hurry: AbortSignal): Promise<void> {
    for (const remain of this.#all.toReversed()) {
      if (hurry.aborted) return;
      const first = remain.after?.find((other) => this.#all.includes(other));
      if (first !== undefined) {
        this.#whyLeft.set(remain, `it is left while there is ${first.what}`);
        continue;
      }
      tell(`  removing ${remain.what}`);
      try {
        await remain.remove();
        this.#all.splice(this.#all.indexOf(remain), 1);
      } catch (error) {
        const why = sentenceOf(error);
        this.#whyLeft.set(remain, why);
        tell(`  could not remove ${remain.what}: ${why}`);
      }
    }
  }
}

/** What is left, as a script that can be copied. */
export function formatLeft(left: readonly Left[]): string {
  const lines = left.flatMap(({ what, why, byHand }) => [`# ${what}${why === undefined ? '' : `: ${why}`}`, ...byHand]);
  return lines.map((line) => `  ${line}`).join('\n');
}
