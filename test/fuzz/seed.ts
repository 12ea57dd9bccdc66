/** The seed that the environment names, or one of this moment. All targets of a run share it. */
export function seedFrom(environment: Readonly<Record<string, string | undefined>>): number {
  const given = environment['FUZZ_SEED'];
  if (given === undefined || given === '') return Date.now() % 2 ** 31;
  if (!/^-?\d{1,10}$/.test(given)) throw new Error(`FUZZ_SEED is ${given}, not an integer.`);
  return Number(given);
}
