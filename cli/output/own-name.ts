/**
 * How the person calls this command, so that a hint can be copied: through npm there is no `sluice` to be found. npm sets the variable:
 * https://docs.npmjs.com/cli/v11/using-npm/scripts#current-lifecycle-event
 */
export function ownName(environment: Readonly<Record<string, string | undefined>>): string {
  return environment['npm_lifecycle_event'] === 'sluice' ? 'npm run sluice --' : 'sluice';
}
