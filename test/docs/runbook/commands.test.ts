import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { createProgram } from '../../../cli/program.ts';
import { rbacManifests } from '../../../stacks/cluster-access/rbac.ts';
import { synthesise } from '../../stacks/synthesised.ts';
import { commandsOf, files, inlineCommandsOf, optionOf, pageOf, sectionsOf } from './pages.ts';

const commandsFor = (program: string) =>
  files.flatMap((file) => {
    const text = pageOf(file);
    const found = [...commandsOf(text).filter(([word]) => word === program), ...inlineCommandsOf(text, program)];
    return found.map((words) => ({ file, line: words.join(' '), words }));
  });

/** Whether the command line takes it; what it would do is not done. */
function parse(words: readonly string[]): void {
  const chosen: unknown[] = [];
  const program = createProgram((run) => chosen.push(run));
  const quiet = (command: Command) => command.exitOverride().configureOutput({ writeOut: () => undefined, writeErr: () => undefined });
  for (const command of [program, ...program.commands]) quiet(command);
  program.parse(words.slice(1), { from: 'user' });
  if (chosen.length !== 1) throw new Error('it chooses nothing to run');
}

describe('what the runbook says of the sluice command', () => {
  const commands = commandsFor('sluice');

  it('is found in blocks and in sentences', () => {
    expect(commands.length).toBeGreaterThan(60);
    expect(new Set(commands.map(({ words }) => words[1])).size).toBeGreaterThan(7);
  });

  it.each(commands)('$file: `$line` is taken', ({ words }) => {
    expect(() => parse(words)).not.toThrow();
  });

  it.each(commands.filter(({ words }) => words.includes('--force')))('$file: `$line` says why it is forced', ({ words }) => {
    expect(optionOf(words, '--why')).toBeTruthy();
  });

  it.each(['sluice stop checkout', 'sluice abort', 'sluice abort checkout --now', 'sluice abort checkout --why', 'sluice --prefix'])(
    'would not be `%s`, which is not taken',
    (line) => {
      expect(() => parse(line.split(' '))).toThrow();
    },
  );
});

describe('what the runbook says of AWS', async () => {
  const { of } = await synthesise({ webhook: true });
  const names = (type: string, property: string) => of(type).map(({ properties }) => String(properties[property]));
  const alarms = names('AWS::CloudWatch::Alarm', 'AlarmName');
  const deployed: Readonly<Record<string, readonly string[]>> = {
    functions: names('AWS::Lambda::Function', 'FunctionName'),
    logs: names('AWS::Logs::LogGroup', 'LogGroupName'),
    rules: names('AWS::Events::Rule', 'Name'),
    queues: names('AWS::SQS::Queue', 'QueueName'),
    tables: names('AWS::DynamoDB::Table', 'TableName'),
    machines: names('AWS::StepFunctions::StateMachine', 'StateMachineName'),
    all: [],
  };
  const commands = commandsFor('aws').map(({ words }) => words);
  const option = (name: string, ...of: readonly string[]) =>
    commands.filter(([, service = '']) => of.length === 0 || of.includes(service)).flatMap((words) => optionOf(words, name) ?? []);
  const inSentences = files.flatMap((file) => [...pageOf(file).matchAll(/`(sluice-[a-z-]*[a-z])`/g)].map(([, name = '']) => name));

  it.each([
    ['functions', option('--function-name').map((name) => name.replace(/:live$/, ''))],
    ['logs', option('tail', 'logs')],
    ['rules', option('--name', 'events')],
    ['queues', option('--queue-name')],
    ['tables', [...option('--table-name'), ...option('--target-table-name')]],
    ['machines', commands.flatMap((words) => words.flatMap((word) => /:stateMachine:([\w-]+)$/.exec(word)?.[1] ?? []))],
    ['all', inSentences],
  ])('names only %s that are deployed', (kind, asked) => {
    const topics = names('AWS::SNS::Topic', 'TopicName');
    const there = kind === 'all' ? [...Object.values(deployed).flat(), ...alarms, ...topics] : deployed[kind];
    expect(asked.length).toBeGreaterThan(0);
    expect(asked.filter((name) => !there?.includes(name))).toEqual([]);
  });

  it('has a section for each alarm of the stack, and for no other', () => {
    const anchors = sectionsOf(pageOf('alarms.md')).map(({ anchor }) => `sluice-${anchor}`);
    expect(alarms.length).toBeGreaterThan(5);
    expect(anchors.toSorted()).toEqual(alarms.toSorted());
  });
});

describe('what the runbook says of kubectl', () => {
  const commands = commandsFor('kubectl').filter(({ words }) => !words.some((word) => word.startsWith('--raw') || word === 'apply'));
  const rules = rbacManifests(['shop']).flatMap(({ rules = [] }) => rules as { apiGroups: string[]; resources: string[] }[]);
  const known = new Map(rules.flatMap(({ apiGroups, resources }) => resources.map((resource) => [resource, apiGroups[0] ?? ''])));
  known.set('rolebindings', 'rbac.authorization.k8s.io');
  const verbs = ['get', 'patch', 'delete', 'edit', 'describe', 'annotate', 'scale', 'set', 'rollout'];

  /** What a command is about: `deployment/checkout`, `deployments`, `httproutes.gateway.networking.k8s.io checkout`. */
  function resourcesOf(words: readonly string[]): string[] {
    const plain = words
      .slice(1)
      .filter((word, index, all) => !word.startsWith('--') && !(all[index - 1] ?? '').match(/^--(?!direct)[\w-]+$/));
    const [verb = '', second = '', third = ''] = plain;
    expect(verbs).toContain(verb);
    if (verb === 'set' || verb === 'rollout') return [third];
    if (verb === 'annotate' || verb === 'edit') return [second];
    return [second, ...plain.slice(2).filter((word) => word.includes('/'))];
  }

  it.each(commands)('$file: `$line` is about something that Sluice knows', ({ words }) => {
    const resources = resourcesOf(words);
    expect(resources.length).toBeGreaterThan(0);
    for (const resource of resources) {
      const [kind = '', ...group] = (resource.split('/')[0] ?? '').split('.');
      const plural = kind.endsWith('s') ? kind : `${kind}s`;
      expect([...known.keys()]).toContain(plural);
      if (group.length > 0) expect(group.join('.')).toBe(known.get(plural));
    }
  });

  it('names files that there are', () => {
    const named = ['kubectl', 'sluice'].flatMap(commandsFor).flatMap(({ words }) => words.filter((word) => word.endsWith('.yaml')));
    expect(named.length).toBeGreaterThan(1);
    expect(named.filter((path) => !existsSync(path))).toEqual([]);
  });
});
