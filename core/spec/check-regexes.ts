import { quote } from './diagnostic.ts';
import type { UnplacedProblem } from './problems-of.ts';
import type { RolloutSpec } from './rollout-spec.ts';

/**
 * Refuses regular expressions that no proxy takes. They are in the syntax of RE2, and whether they hold is asked by the mesh only when a step
 * writes them: in the middle of a rollout. https://github.com/google/re2/wiki/Syntax
 */
export function checkRegexes({ router }: RolloutSpec): UnplacedProblem[] {
  return router.match.flatMap((match, index) =>
    (['header', 'cookie', 'query'] as const).flatMap((by): UnplacedProblem[] => {
      const regex = match[by]?.regex;
      const why = regex === undefined ? undefined : whyNotRe2(regex);
      if (regex === undefined || why === undefined) return [];
      const path = ['router', 'match', index, by, 'regex'];
      return [{ code: 'wrongFormat', path, found: quote(regex), expected: 'a regular expression as RE2 has them', hint: why }];
    }),
  );
}

/** Asks the engine that is at hand, in whose syntax RE2's flags and named groups are first said; what RE2 lacks is looked for. */
function whyNotRe2(regex: string): string | undefined {
  const bare = regex.replace(/\\[^1-9k]/g, '').replace(/\[\^?\]?[^\]]*\]/g, '');
  if (/\(\?<?[=!]/.test(bare)) return 'it looks ahead or behind, which RE2 cannot';
  if (/\\[1-9k]/.test(bare)) return 'it refers back to a group, which RE2 cannot';
  try {
    new RegExp(
      regex
        .replace(/\(\?[imsU]*(?:-[imsU]+)?([:)])/g, '(?:$1')
        .replaceAll('(?::', '(?:')
        .replaceAll('(?P<', '(?<'),
    );
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
