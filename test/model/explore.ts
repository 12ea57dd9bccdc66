/** One thing that may happen in a state: who does what, and what comes of it. */
export interface Move<S> {
  readonly what: string;
  readonly to: S;
  /** Not to be counted on: a fault, or what only a fault's victim does. Every other move is made sooner or later. */
  readonly chance: boolean;
}

export interface Model<S> {
  readonly initial: S;
  moves(state: S): readonly Move<S>[];
  /** Two states with the same key are the same. */
  keyOf(state: S): string;
  /** What must never be, as a sentence; undefined where all is well. */
  broken(state: S): string | undefined;
  /** Where everything is to come to, whatever happened before. */
  isEnd(state: S): boolean;
  /** For stories. */
  describe(state: S): string;
}

export interface Exploration {
  readonly states: number;
  readonly moves: number;
  /** Moves on the shortest way to the state that is farthest away. */
  readonly depth: number;
  readonly counterexample?: Counterexample;
}

export interface Counterexample {
  readonly broken: string;
  /** One line for each move of a shortest way there. */
  readonly story: readonly string[];
}

/**
 * Visits every reachable state, breadth first, so that the story of a counterexample is a shortest one. Then it looks whether an end can be
 * reached from each state by moves that can be counted on: from where that is not so, nothing would save the rollout.
 *
 * @throws Error where there are more than `mostStates`: the bounds of the model are too wide.
 */
export function explore<S>(model: Model<S>, mostStates = 2_000_000): Exploration {
  const index = new Map<string, number>([[model.keyOf(model.initial), 0]]);
  // Only those that were not visited yet: stories are told by going the way again.
  const waiting = new Map<number, S>([[0, model.initial]]);
  const ends: number[] = [];
  const cameFrom: number[] = [-1];
  const cameBy: number[] = [-1];
  const depths: number[] = [0];
  // Moves that can be counted on, backwards: for each state a list in two arrays, linked.
  const firstBack: number[] = [-1];
  const backFrom: number[] = [];
  const nextBack: number[] = [];
  let moves = 0;

  const storyOf = (at: number): string[] => {
    const way: number[] = [];
    for (let state = at; state > 0; state = cameFrom[state] ?? 0) way.unshift(cameBy[state] ?? 0);
    let state = model.initial;
    return way.flatMap((nth) => {
      const move = model.moves(state)[nth];
      if (move === undefined) return [];
      state = move.to;
      return [`${move.what} -> ${model.describe(state)}`];
    });
  };
  const result = (counterexample?: Counterexample): Exploration => ({
    states: index.size,
    moves,
    depth: depths.at(-1) ?? 0,
    ...(counterexample === undefined ? {} : { counterexample }),
  });

  for (let at = 0; at < index.size; at += 1) {
    const state = waiting.get(at) as S;
    waiting.delete(at);
    const broken = model.broken(state);
    if (broken !== undefined) return result({ broken, story: storyOf(at) });
    if (model.isEnd(state)) ends.push(at);
    for (const [nth, { to, chance }] of model.moves(state).entries()) {
      moves += 1;
      const key = model.keyOf(to);
      let target = index.get(key);
      if (target === undefined) {
        target = index.size;
        if (target >= mostStates) throw new Error(`the model has more than ${mostStates} states`);
        index.set(key, target);
        waiting.set(target, to);
        cameFrom.push(at);
        cameBy.push(nth);
        depths.push((depths[at] ?? 0) + 1);
        firstBack.push(-1);
      }
      if (chance || target === at) continue;
      backFrom.push(at);
      nextBack.push(firstBack[target] ?? -1);
      firstBack[target] = backFrom.length - 1;
    }
  }

  const saved = new Uint8Array(index.size);
  const queue = ends;
  for (const at of queue) saved[at] = 1;
  for (let head = 0; head < queue.length; head += 1) {
    for (let edge = firstBack[queue[head] ?? 0] ?? -1; edge >= 0; edge = nextBack[edge] ?? -1) {
      const before = backFrom[edge] ?? 0;
      if (saved[before] === 1) continue;
      saved[before] = 1;
      queue.push(before);
    }
  }
  const lost = saved.indexOf(0);
  return lost < 0 ? result() : result({ broken: 'O3: from here nothing brings the rollout to an end by itself', story: storyOf(lost) });
}
