import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RESOURCE_TYPE } from '../../lambda/contract.ts';
import { BUILT } from '../support/built.ts';
import { codes, document, ROOT, rows } from './markdown.ts';

const require = createRequire(import.meta.url);
const folders = readdirSync(`${ROOT}examples`, { withFileTypes: true })
  .filter(entry => entry.isDirectory())
  .map(({ name }) => name);
const out = mkdtempSync(join(tmpdir(), 'aurora-migrations-examples-'));

interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
  readonly DependsOn?: readonly string[];
}

/** The examples import the package by its name, as a user does: here it is the built one. */
beforeAll(() => {
  const tsconfig = join(out, 'tsconfig.json');
  const paths = { 'aurora-migrations': [join(BUILT, 'lib/cdk/index.js')] };
  writeFileSync(tsconfig, JSON.stringify({ extends: `${ROOT}examples/tsconfig.json`, compilerOptions: { paths } }));
  const tsx = pathToFileURL(require.resolve('tsx')).href;
  const script = `${ROOT}test/docs/synth-examples.ts`;
  execFileSync(process.execPath, ['--import', tsx, script, out, ...folders.map(name => `${ROOT}examples/${name}`)], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, TSX_TSCONFIG_PATH: tsconfig },
  });
}, 180_000);

afterAll(() => rmSync(out, { recursive: true, force: true }));

/** Resources of all templates of an example, those of its stages too. */
function resources(example: string): Record<string, Resource> {
  const templates = readdirSync(join(out, example), { recursive: true, encoding: 'utf8' }).filter(name =>
    name.endsWith('.template.json'),
  );
  return Object.assign(
    {},
    ...templates.map(
      name => (JSON.parse(readFileSync(join(out, example, name), 'utf8')) as { Resources: object }).Resources,
    ),
  );
}

const ofType = (example: string, type: string) =>
  Object.entries(resources(example)).filter(([, { Type }]) => Type === type);

describe('examples', () => {
  test('each is described, each that is described is there', () => {
    const described = rows(document('examples/README.md')).map(([folder]) => /\[(\w+)\]/.exec(folder!)![1]!);
    expect(described.toSorted()).toEqual(folders.toSorted());
    expect(codes('`a` b `c`')).toEqual(['a', 'c']);
  });

  test.each(folders)('%s has its migrations', example => {
    expect(ofType(example, RESOURCE_TYPE).length).toBeGreaterThan(0);
  });

  test.each(folders)('%s: synth warns of nothing that is ours', example => {
    const files = readdirSync(join(out, example), { recursive: true, encoding: 'utf8' });
    const texts = files
      .filter(name => /(manifest|metadata)\.json$/.test(name))
      .map(name => readFileSync(join(out, example, name), 'utf8'));
    expect(texts.length).toBeGreaterThan(0);
    expect(texts.filter(text => text.includes('[ack: aurora-migrations:'))).toEqual([]);
  });

  test('minimal waits for the writer', () => {
    const [[, { DependsOn = [] }] = ['', {} as Resource]] = ofType('minimal', RESOURCE_TYPE);
    expect(DependsOn).toEqual(expect.arrayContaining([expect.stringContaining('DatabaseWriter')]));
  });

  test('api: the function that answers waits for the migrations', () => {
    const [[hook] = ['']] = ofType('api', RESOURCE_TYPE);
    const [, { DependsOn }] = ofType('api', 'AWS::Lambda::Function').find(([id]) => id.startsWith('Users'))!;
    expect(DependsOn).toContain(hook);
  });

  test('baseline makes no cluster, and hands the version on', () => {
    expect(ofType('baseline', 'AWS::RDS::DBCluster')).toEqual([]);
    const functions = ofType('baseline', 'AWS::Lambda::Function').map(([, one]) => JSON.stringify(one.Properties));
    expect(functions.filter(text => text.includes('"BASELINE":"001"'))).toHaveLength(1);
  });

  test('pipeline deploys to two environments', () => {
    expect(ofType('pipeline', 'AWS::CodePipeline::Pipeline')).toHaveLength(1);
    const stages = readdirSync(join(out, 'pipeline')).filter(name => name.startsWith('assembly-'));
    expect(stages.map(name => name.replace('assembly-', '')).toSorted()).toEqual(['Production', 'Test']);
  });

  test('they are well typed, with the types of the package', () => {
    const tsc = join(require.resolve('typescript/package.json'), '../bin/tsc');
    execFileSync(process.execPath, [tsc, '-p', `${ROOT}examples`, '--noEmit'], { stdio: 'pipe' });
  });
});
