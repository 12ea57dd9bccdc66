/** What a service of AWS answers, as its JSON protocol has it. */
export interface WireAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

export function wireError(name: string, message: string, status = 400, details: Readonly<Record<string, unknown>> = {}): WireAnswer {
  return { status, body: { __type: name, message, ...details } };
}
