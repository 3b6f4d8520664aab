import { readFileSync } from 'node:fs';
import { Duration } from 'aws-cdk-lib';
import type { IDatabaseCluster } from 'aws-cdk-lib/aws-rds';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct, IConstruct } from 'constructs';
import { describe, expect, expectTypeOf, test } from 'vitest';
import { parseAst } from 'vitest/node';
import { AuroraMigrations, type AuroraMigrationsProps } from '../../lib/cdk/index.ts';
import { type Compiled, compile, type ManifestReader, type Problem, reader } from '../../lib/compile/index.ts';
import type { BaselineFrom } from '../../lib/core/take-over.ts';
import { type Database, dataApi } from '../../lib/data-api/index.ts';
import { mysql } from '../../lib/engine/mysql/index.ts';
import { type Engine, postgresql } from '../../lib/engine/postgresql/index.ts';
import { type Local, type LocalOptions, startLocal } from '../../lib/local/index.ts';
import { migrate, type Report, type RunEvent, revert, status, type WriteOptions } from '../../lib/runner/index.ts';
import { ROOT } from './source.ts';

/** What each entry of the package gives, values first, then types. Taking one away breaks somebody; a new one is a promise. */
const ENTRIES: Readonly<Record<string, readonly [values: string, types: string]>> = {
  '.': ['AuroraMigrations', 'AuroraMigrationsProps BaselineFrom SafetyLevel SafetyOptions SourceTool'],
  './compile': [
    'MigrationError compile reader safetyRules writeCompiled',
    'CompileOptions Compiled Finding JudgedFinding ManifestReader Place Problem SafetyRule',
  ],
  './data-api': ['DatabaseError dataApi', 'DataApiOptions Database Wait'],
  './engine/mysql': ['mysql', 'Engine'],
  './engine/postgresql': ['postgresql', 'Engine'],
  './local': [
    'StartError hasMysqld startEmbedded startLocal startMysqld',
    'Embedded EmbeddedOptions Fault FaultName Hook Local LocalOptions LogEntry MysqlServer MysqlServerOptions MysqlSwitches Switches',
  ],
  './runner': [
    'MigrationError announce baseline history migrate plan planRequest resolve revert status',
    'Attempt BaselineReport MigrateOptions MigrationReport Place Plan Planned PlannedRequest PlannedSql Problem Report RevertOptions RevertReport RunEvent RunnerOptions Status UndoStep WriteOptions',
  ],
};

const { exports } = JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8')) as {
  exports: Record<string, string | { import: { default: string } }>;
};
const sourceOf = (target: string | { import: { default: string } }) =>
  (typeof target === 'string' ? target : target.import.default).replace(/^\.\/dist\//, '').replace(/\.js$/, '.ts');

describe('what the package exports', () => {
  test('has these entries', () => {
    expect(Object.keys(exports).toSorted()).toEqual([...Object.keys(ENTRIES), './package.json'].toSorted());
  });

  test.each(Object.entries(ENTRIES))('%s', async (entry, [values, types]) => {
    const path = sourceOf(exports[entry]!);
    expect(
      Object.keys(await import(ROOT + path))
        .toSorted()
        .join(' '),
    ).toBe(values);
    expect(typesOf(path).join(' ')).toBe(types);
  });
});

/** Exported names that are gone when the program runs. */
function typesOf(path: string): string[] {
  const { body } = parseAst(readFileSync(ROOT + path, 'utf8'), { lang: 'ts' }) as unknown as {
    body: {
      type: string;
      exportKind?: string;
      specifiers?: { exportKind?: string; exported: { name: string } }[];
      declaration?: { type: string; id: { name: string } } | null;
    }[];
  };
  expect(body.filter(({ type }) => type === 'ExportAllDeclaration' || type === 'ExportDefaultDeclaration')).toEqual([]);
  return body
    .filter(({ type }) => type === 'ExportNamedDeclaration')
    .flatMap(({ exportKind, specifiers = [], declaration }) => [
      ...(declaration && /^TS/.test(declaration.type) ? [declaration.id.name] : []),
      ...specifiers.filter(one => exportKind === 'type' || one.exportKind === 'type').map(one => one.exported.name),
    ])
    .toSorted();
}

// Checked by `npm run types`: nothing of this is run.
describe('types', () => {
  test('of the construct', () => {
    type Props = AuroraMigrationsProps;
    expectTypeOf<{ cluster: string }>().toExtend<Props>();
    expectTypeOf<{ cluster: IDatabaseCluster; secret: ISecret; lockTimeout: Duration }>().toExtend<Props>();
    expectTypeOf<Required<Props>['secret']>().toEqualTypeOf<ISecret | string>();
    expectTypeOf<Required<Props>['onChanged']>().toEqualTypeOf<'reapply' | 'fail' | 'ignore'>();
    expectTypeOf<Required<Props>['outOfOrder']>().toEqualTypeOf<'apply' | 'fail'>();
    expectTypeOf<Required<Props>['onRollback']>().toEqualTypeOf<'nothing' | 'revert'>();
    // The declarations of the construct need no other folder: they are CommonJS too.
    expectTypeOf<Exclude<Required<Props>['baseline'], string>>().toEqualTypeOf<BaselineFrom>();
    expectTypeOf<Required<Props>['runOn']>().toEqualTypeOf<'deploy' | 'change'>();
    expectTypeOf<ConstructorParameters<typeof AuroraMigrations>>().toEqualTypeOf<[Construct, string, Props]>();
    expectTypeOf<AuroraMigrations['latest' | 'applied' | 'pending']>().toEqualTypeOf<string>();
    expectTypeOf((made: AuroraMigrations, api: IConstruct) =>
      made.before(api, api),
    ).returns.toEqualTypeOf<AuroraMigrations>();
    const wrong = (scope: Construct) => {
      // @ts-expect-error a cluster is needed
      new AuroraMigrations(scope, 'M', {});
      // @ts-expect-error a word that it does not know
      new AuroraMigrations(scope, 'M', { cluster: 'arn', onChanged: 'reaply' });
      // @ts-expect-error a time without its unit
      new AuroraMigrations(scope, 'M', { cluster: 'arn', timeout: 55 });
      // @ts-expect-error an option that there is not
      new AuroraMigrations(scope, 'M', { cluster: 'arn', folder: 'sql' });
      const made = new AuroraMigrations(scope, 'M', { cluster: 'arn', timeout: Duration.minutes(5) });
      // @ts-expect-error attributes are read
      made.latest = '001';
      return made.before(scope);
    };
    expectTypeOf(wrong).returns.toEqualTypeOf<AuroraMigrations>();
  });

  test('of compiling, and of a run', () => {
    expectTypeOf(compile).returns.resolves.toEqualTypeOf<Compiled>();
    expectTypeOf<Compiled['errors']>().toEqualTypeOf<readonly Problem[]>();
    expectTypeOf(reader).returns.toExtend<ManifestReader>();
    expectTypeOf(dataApi).returns.toEqualTypeOf<Database>();
    expectTypeOf(postgresql).returns.toEqualTypeOf<Engine>();
    expectTypeOf(mysql).returns.toEqualTypeOf<Engine>();
    expectTypeOf(migrate).returns.resolves.toEqualTypeOf<Report>();
    expectTypeOf<Report['outcome']>().toEqualTypeOf<'applied' | 'nothing-to-do' | 'failed' | 'stopped'>();
    expectTypeOf<Required<WriteOptions>['on']>().toEqualTypeOf<(event: RunEvent) => void>();
    const work = async (database: Database, engine: Engine, migrations: ManifestReader) => {
      const options = { database, engine, migrations };
      await status(options);
      // @ts-expect-error who asks for it is written down
      await migrate(options);
      await migrate({ ...options, requestedBy: 'me' });
      // @ts-expect-error how far is to be said
      await revert({ ...options, requestedBy: 'me' });
      await revert({ ...options, requestedBy: 'me', what: { to: '001' } });
      // @ts-expect-error an engine is made of names, not a name
      await status({ ...options, engine: 'postgresql' });
      // @ts-expect-error the engine is needed
      await compile({ dir: 'sql' });
      return compile({ dir: 'sql', engine: 'mysql', table: 'x' });
    };
    expectTypeOf(work).returns.resolves.toEqualTypeOf<Compiled>();
  });

  test('of the local Data API', () => {
    expectTypeOf(startLocal).parameters.toEqualTypeOf<[options?: LocalOptions]>();
    expectTypeOf(startLocal).returns.resolves.toEqualTypeOf<Local>();
    expectTypeOf<Local>().toExtend<AsyncDisposable>();
    expectTypeOf<Local['credentials']['accessKeyId']>().toEqualTypeOf<string>();
    // What it announces is what a client of it takes.
    expectTypeOf<(local: Local) => Parameters<typeof dataApi>[0]>().toBeCallableWith({} as Local);
    const wrong = () => {
      // @ts-expect-error an engine that there is not
      startLocal({ engine: 'oracle' });
      // @ts-expect-error a switch that there is not
      startLocal({ switches: { commitAfterError: 'maybe' } });
    };
    expectTypeOf(wrong).returns.toBeVoid();
  });
});
