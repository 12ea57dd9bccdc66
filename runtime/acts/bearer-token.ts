import { createHash, timingSafeEqual } from 'node:crypto';

/**
 * The token of a header `Authorization: Bearer <token>`, or undefined for any other. The scheme's case does not matter.
 *
 * Source: RFC 6750, section 2.1
 */
export function bearerToken(header: string | undefined): string | undefined {
  return /^bearer +(\S+) *$/i.exec(header ?? '')?.[1];
}

/**
 * Whether the token is one of the secrets. It takes as long for one that is almost right as for any other: digests have one length, and
 * every secret is compared.
 */
export function isOneOf(token: string, secrets: readonly string[]): boolean {
  const given = digest(token);
  return secrets.map((secret) => timingSafeEqual(given, digest(secret))).includes(true);
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text, 'utf8').digest();
}
