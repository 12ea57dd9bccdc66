import { existsSync, readFileSync } from 'node:fs';
import { countTests, totalOf } from '../scripts/count-tests.ts';

// Called by .ci/run with the folder of the reports and each step as <name>=<exit code>.
const [folder = '.', ...steps] = process.argv.slice(2);
const tiers = steps.map((step) => {
  const [name = '', code] = step.split('=');
  const file = `${folder}/${name}.json`;
  return { name, failed: code !== '0', ...(existsSync(file) ? { tests: countTests(readFileSync(file, 'utf8')) } : {}) };
});
for (const { name } of tiers.filter(({ failed }) => failed)) console.log(`${name} failed`);
const { passed, failed, skipped } = totalOf(tiers);
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exitCode = failed === 0 ? 0 : 1;
