import { existsSync, readFileSync } from 'node:fs';
import { countTests, failuresIn, totalOf } from '../scripts/count-tests.ts';

// Called by .ci/run with the folder of the reports and each step as <name>=<exit code>.
const [folder = '.', ...steps] = process.argv.slice(2);
const tiers = steps.map((step) => {
  const [name = '', code] = step.split('=');
  const file = `${folder}/${name}.json`;
  const report = existsSync(file) ? readFileSync(file, 'utf8') : undefined;
  return { name, failed: code !== '0', ...(report === undefined ? {} : { tests: countTests(report), failures: failuresIn(report) }) };
});
for (const { name, failures = [] } of tiers) for (const failure of failures) console.log(`${name}: ${failure}\n`);
for (const { name } of tiers.filter(({ failed }) => failed)) console.log(`${name} failed`);
const { passed, failed, skipped } = totalOf(tiers);
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exitCode = failed === 0 ? 0 : 1;
