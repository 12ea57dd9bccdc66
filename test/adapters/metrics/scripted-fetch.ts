export interface ScriptedFetch {
  readonly fetch: typeof globalThis.fetch;
  readonly requests: { readonly url: string; readonly init: RequestInit }[];
}

/** A server that answers by path what it is told, or throws what fetch would throw. */
export function scriptedFetch(answer: (path: string) => { status?: number; body: unknown } | Error): ScriptedFetch {
  const requests: ScriptedFetch['requests'] = [];
  return {
    requests,
    fetch: async (input, init = {}) => {
      const url = String(input);
      requests.push({ url, init });
      const answered = answer(new URL(url).pathname);
      if (answered instanceof Error) throw answered;
      const { status = 200, body } = answered;
      return new Response(typeof body === 'string' ? body : JSON.stringify(body), { status });
    },
  };
}

/** An error as fetch throws it: the code is in the cause, and the text may repeat the address. */
export function fetchError(code: string, message = 'fetch failed'): Error {
  return new TypeError(message, { cause: Object.assign(new Error(message), { code }) });
}
