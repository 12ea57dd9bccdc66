/** What a stub answers a request with. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
  /** The API's name of an error, which REST APIs send as a header and JSON APIs in the body. */
  readonly error?: string;
}

export function refusal(status: number, error: string, message: string): Answer {
  return { status, error, body: { __type: error, message } };
}
