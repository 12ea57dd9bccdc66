import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { statementsOf, synthesise } from './synthesised.ts';

const { of } = await synthesise();

describe.each(['rollout', 'rollback'])('the %s machine', (name) => {
  const machine = of('AWS::StepFunctions::StateMachine').find(({ properties }) => properties['StateMachineName'] === `sluice-${name}`);
  const asl = readFileSync(`state-machines/${name}.asl.json`, 'utf8');
  const invoked = [...new Set([...asl.matchAll(/\$\{(\w+FunctionArn)\}/g)].map(([, placeholder]) => placeholder ?? ''))];
  const substitutions = machine?.properties['DefinitionSubstitutions'] as Readonly<Record<string, string>>;
  const functionOfVersion = (version: string) =>
    of('AWS::Lambda::Version').find(({ id }) => `<${id}>` === version)?.properties['FunctionName'];
  const role = of('AWS::IAM::Role').filter(({ id }) => `<${id}.Arn>` === machine?.properties['RoleArn']);

  it('is its ASL file as it stands, readable in the template', () => {
    expect(machine?.properties['DefinitionString']).toBe(asl);
    expect(machine?.properties['StateMachineType']).toBe('STANDARD');
  });

  it('invokes a published version at each of its placeholders (O6)', () => {
    expect(Object.keys(substitutions).toSorted()).toEqual(invoked.toSorted());
    for (const [placeholder, version] of Object.entries(substitutions)) {
      const id = functionOfVersion(version);
      expect(id, placeholder).toMatch(new RegExp(`^<Controller${placeholder.replace('FunctionArn', '')}Function`));
    }
  });

  it('may invoke exactly the functions at its placeholders, each of them in any version', () => {
    const invoking = statementsOf(role).filter(({ Action }) => Action.some((action) => action.startsWith('lambda:')));
    const arns = Object.values(substitutions).map((version) => String(functionOfVersion(version)).replace('>', '.Arn>'));
    expect(invoking).toHaveLength(1);
    expect(invoking[0]?.Resource.toSorted()).toEqual(arns.flatMap((arn) => [arn, `${arn}:*`]).toSorted());
    expect(invoking[0]?.Action).toEqual(['lambda:InvokeFunction']);
  });

  it('is traced, and logs every event but not what people pass through it', () => {
    const logs = of('AWS::Logs::LogGroup').find(({ properties }) => properties['LogGroupName'] === `/aws/vendedlogs/states/sluice-${name}`);
    expect(machine?.properties).toMatchObject({
      TracingConfiguration: { Enabled: true },
      LoggingConfiguration: {
        Level: 'ALL',
        IncludeExecutionData: false,
        Destinations: [{ CloudWatchLogsLogGroup: { LogGroupArn: `<${logs?.id}.Arn>` } }],
      },
    });
  });
});
