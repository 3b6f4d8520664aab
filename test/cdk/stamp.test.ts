import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import type { AuroraMigrationsProps } from '../../lib/cdk/index.ts';
import { AuroraMigrations, ExampleStack } from './built.ts';
import { ARNS, folder, newApp } from './stacks.ts';

const migrations = folder();

function propertiesOf(props: Partial<AuroraMigrationsProps>, context: Readonly<Record<string, unknown>> = {}) {
  const stack = new Stack(newApp(context), 'Stack');
  new AuroraMigrations(stack, 'M', { ...ARNS, database: 'app', engine: 'postgresql', migrations, ...props });
  const [resource] = Object.values(Template.fromStack(stack).findResources('Custom::AuroraMigrations'));
  return resource!.Properties;
}

const stampOf = (...given: Parameters<typeof propertiesOf>): unknown => propertiesOf(...given).Stamp;

/** Every file of a cloud assembly by its path. */
function filesOf(directory: string): Record<string, string> {
  const paths = readdirSync(directory, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile());
  return Object.fromEntries(
    paths
      .map(({ parentPath, name }) => join(parentPath, name))
      .toSorted()
      .map(path => [path.slice(directory.length), read(path)]),
  );
}

const read = (path: string) => readFileSync(path, 'base64');

describe('the stamp', () => {
  const context = { 'aurora-migrations:stamp': 'build-17' };

  test.each<[string, Partial<AuroraMigrationsProps>, Readonly<Record<string, unknown>>, unknown]>([
    ['the time of synth', {}, {}, expect.stringMatching(/^20\d\d-\d\d-\d\dT.*Z$/)],
    ['the context value for all hooks', {}, context, 'build-17'],
    ['a context value that is a number', {}, { 'aurora-migrations:stamp': 17 }, '17'],
    ['the property, whatever the context', { stamp: 'build-18' }, context, 'build-18'],
    ["none with runOn: 'change'", { runOn: 'change' }, context, undefined],
  ])('is %s', (_, props, given, expected) => {
    expect(stampOf(props, given)).toEqual(expected);
  });

  test.each([
    ['an empty context value', {}, ''],
    ['a context value that is no text', {}, true],
    ['an empty property', { stamp: ' ' }, 'x'],
  ])('%s would stop every deploy from running', (_, props, value) => {
    expect(() => stampOf(props, { 'aurora-migrations:stamp': value })).toThrow(
      /^The stamp is ("\s*"|true), so no deploy would differ .* -c aurora-migrations:stamp=\$\(git rev-parse HEAD\)\.$/,
    );
  });

  test("goes with runOn: 'deploy' only", () => {
    expect(() => stampOf({ runOn: 'change', stamp: 'x' })).toThrow(
      "The option stamp has no effect with runOn: 'change'. Remove one of the two.",
    );
  });
});

test('another engine makes other properties, as each option that decides what a run does (test/deploy)', () => {
  const optionsOf = (engine: 'postgresql' | 'mysql') => propertiesOf({ engine, runOn: 'change' }).Options;
  expect(optionsOf('mysql')).not.toBe(optionsOf('postgresql'));
});

test('two synths of one app with a given stamp are the same, byte for byte', () => {
  const synthesize = () => {
    const app = newApp({ 'aurora-migrations:stamp': 'x' });
    new ExampleStack(app, 'Example', { migrations });
    return filesOf(app.synth().directory);
  };
  // From one line, which CDK writes into the metadata.
  const [first, second] = [1, 2].map(synthesize) as [Record<string, string>, Record<string, string>];
  expect(Object.keys(first).length).toBeGreaterThan(5);
  expect(Object.keys(second)).toEqual(Object.keys(first));
  expect(Object.keys(first).filter(path => first[path] !== second[path])).toEqual([]);
});
