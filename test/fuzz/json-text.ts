const deepest = '['.repeat(50_000) + ']'.repeat(50_000);

/** The value as whoever sends it writes it. What is too deep for JSON.stringify is as deep in text. */
export function jsonText(value: unknown): string {
  try {
    return JSON.stringify(value) ?? 'null';
  } catch (error) {
    if (error instanceof RangeError) return deepest;
    throw error;
  }
}

/** What a handler is given: JSON that was parsed, and nothing else. */
export function asEvent(value: unknown): unknown {
  return JSON.parse(jsonText(value));
}
