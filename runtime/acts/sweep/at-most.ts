/**
 * Does something with each, in their order, so many at a time; the answers are in that order too. Each store and API behind the sweep has
 * a rate, and a process has a number of sockets.
 */
export async function atMost<T, R>(limit: number, items: readonly T[], act: (item: T, index: number) => Promise<R>): Promise<R[]> {
  const answers: R[] = [];
  const queue = items.entries();
  const work = async () => {
    for (const [index, item] of queue) answers[index] = await act(item, index);
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, work));
  return answers;
}
