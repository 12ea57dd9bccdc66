import { checkFunctions } from '../state-machines/lint/check-functions.ts';
import { checkMachine } from '../state-machines/lint/check-machine.ts';
import { formatProblem } from '../state-machines/lint/machine.ts';
import { machineNames, readFunctionFiles, readMachine } from '../state-machines/lint/read.ts';

const machines = machineNames.map(readMachine);
const problems = [
  ...machines.flatMap((machine) => checkMachine(machine).map((problem) => formatProblem(machine.name, problem))),
  ...checkFunctions(machines, readFunctionFiles()),
];
for (const problem of problems) console.error(problem);
console.log(`state machines: ${machines.length} checked, ${problems.length} problems`);
process.exitCode = problems.length === 0 ? 0 : 1;
