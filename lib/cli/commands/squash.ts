import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { reader } from '../../compile/index.ts';
import { MigrationError } from '../../core/errors.ts';
import { type ManifestReader, type Migration, TRACKING_MIGRATION } from '../../core/manifest.ts';
import { readFileName } from '../../core/name.ts';
import { upTo } from '../../core/plan.ts';
import type { Schema, SchemaObject } from '../../core/schema.ts';
import { formatDump, parseDump } from '../../core/schema-dump.ts';
import { dump, readServer, type ServerFacts } from '../../runner/dump.ts';
import type { Command, Invocation } from '../command.ts';
import { engineName, engineOf, schemaOf as readerOf } from '../engine.ts';
import { soundFolder } from '../folder.ts';
import { unlessInterrupted } from '../interrupted.ts';
import { COMMON, FILES, OPTIONS, TARGET, type Values } from '../options.ts';
import { databasePlace } from '../project-folder.ts';
import type { Screen } from '../render/screen.ts';
import { onScratch, type Scratch } from '../scratch.ts';
import { openTarget } from '../target.ts';
import { UsageError } from '../usage-error.ts';

/** What was written, and what is left to do. */
export interface Squashed {
  readonly file: string;
  readonly replaces: readonly string[];
  /** Files that the squash replaces: they are to be deleted. */
  readonly delete: readonly string[];
  /** Tables in which the replaced migrations write rows, which the squash does not have. */
  readonly tablesWithRows: readonly string[];
  readonly notDumped: readonly string[];
}

export const command: Command = {
  name: 'squash',
  summary: 'write one migration that replaces all up to a version',
  arguments: [],
  options: ['to', ...FILES, ...TARGET, ...COMMON],
  description: [
    'Applies the migrations up to the version to an empty database on a server that is started for it and thrown away, and writes what they make as a migration beside them, with their names and checksums: a database that has all of them records the squash and runs nothing, a new one runs it, and one that has a part of them stops. Repeatable migrations are not part of it.',
    'Squash only what is applied on every database, and change nothing else in that deploy. Afterwards delete the files that it replaces; the squash has no down section. Rows that they insert are not in it: the tables are named.',
    'MySQL: character set and collation of the tables are those of that server, or of the one that --url or --cluster-arn names.',
  ],
  examples: [
    { line: 'squash --to 050', what: 'sql/migrations/050_squash.sql, in the place of 001 to 050' },
    { line: 'squash --to 050 --engine mysql', what: 'needs a mysqld on the PATH' },
  ],
  async run(invocation) {
    const { values, out, err, context } = invocation;
    if (values.to === undefined)
      throw new UsageError('"squash" needs --to VERSION', 'Give the newest one that it replaces', 'squash');
    const migrations = reader(await soundFolder(values));
    const squashed = await unlessInterrupted(context, squash(invocation, migrations, values.to));
    if (values.json) out.write(`${JSON.stringify(squashed, null, 2)}\n`);
    else {
      out.lines([squashed.file]);
      err.lines(leftToDo(squashed, err));
    }
    return 0;
  },
};

async function squash(invocation: Invocation, migrations: ManifestReader, to: string): Promise<Squashed> {
  const { values } = invocation;
  const replaced = upTo(migrations.manifest, to);
  if (replaced.length < 2)
    throw new MigrationError({
      code: 'nothing-to-squash',
      message: `Up to version ${to} there is one migration only, ${replaced[0]!.name}`,
      remedy: 'Name the newest of those that the squash replaces',
    });
  const dir = values.dir ?? OPTIONS.dir.default;
  const files = readdirSync(dir).sort();
  const name = nameFor(replaced, files);
  const { schema, preamble, tablesWithRows } = await onScratch(values, await serverFacts(invocation), scratch =>
    schemaOf(scratch, only(migrations, replaced)),
  );
  const file = join(dir, `${name}.sql`);
  writeFileSync(file, withNames(formatDump(schema, preamble), replaced), { flag: 'wx' });
  const names = new Set(replaced.map(one => one.name));
  return {
    file,
    replaces: [...names],
    delete: files.filter(one => names.has(readFileName(one)?.name ?? '')).map(one => join(dir, one)),
    tablesWithRows,
    notDumped: schema.notDumped,
  };
}

/** How the server of the database that the options name is set up; where they name none, nothing is known of it. */
async function serverFacts(invocation: Invocation): Promise<ServerFacts> {
  const { values } = invocation;
  if (!isNamed(values)) return { engine: engineName(values), database: values.database ?? null, settings: {} };
  const { database, close } = await openTarget(invocation, databasePlace(values), () => undefined);
  try {
    return await readServer({ database, schema: readerOf(values) }, engineOf(values));
  } finally {
    await close();
  }
}

function isNamed({ data, url, 'cluster-arn': cluster }: Values): boolean {
  return (data ?? url ?? cluster) !== undefined;
}

/** These migrations as a folder of their own. */
function only({ manifest, body }: ManifestReader, some: readonly Migration[]): ManifestReader {
  const tracking = manifest.migrations.filter(({ name }) => name === TRACKING_MIGRATION);
  return { manifest: { ...manifest, migrations: [...tracking, ...some] }, body };
}

/** What migrations make: the schema less what an empty database has too, such as the character set of a database of MySQL. */
async function schemaOf({ database, schema: reading, apply }: Scratch, migrations: ManifestReader) {
  const read = async () => parseDump((await dump({ database, schema: reading })).text);
  const textOf = ({ kind, name, sql }: SchemaObject) => JSON.stringify([kind, name, sql]);
  const before = new Set((await read()).objects.map(textOf));
  await apply(migrations, 'Write the squash from a dump of a database that has these migrations and no later one');
  const after = await read();
  const schema: Schema = { ...after, objects: after.objects.filter(object => !before.has(textOf(object))) };
  const tablesWithRows: string[] = [];
  for (const { kind, name } of schema.objects) {
    if (kind !== 'table') continue;
    // In a dump of MySQL names that are words of SQL stand as they are.
    const table = migrations.manifest.engine === 'mysql' && !name.startsWith('`') ? `\`${name}\`` : name;
    const sql = `SELECT 'there' FROM ${table} LIMIT 1`;
    if ((await database.execute({ sql, effect: 'read' })).length > 0) tablesWithRows.push(name);
  }
  return { schema, preamble: reading.preamble, tablesWithRows };
}

/** A name with the version of the last that is replaced, so that what comes after it stays behind it. */
function nameFor(replaced: readonly Migration[], files: readonly string[]): string {
  const taken = new Set(files.flatMap(file => readFileName(file)?.name ?? []));
  const { version } = replaced.at(-1)!;
  for (let nth = 1; ; nth++) {
    const name = `${version}_squash${nth === 1 ? '' : `_${nth}`}`;
    if (!taken.has(name)) return name;
  }
}

/** Names that stand on one line. */
const A_LINE = 4;

/** The dump with the names of what it replaces below its first line, by which it is known as a dump. */
function withNames(text: string, replaced: readonly Migration[]): string {
  const [title = '', ...rest] = text.split('\n');
  const entries = replaced.map(({ name, statementsChecksum }) => `${name}@${statementsChecksum.slice(0, 12)}`);
  const lines: string[] = [`-- Description: What ${replaced[0]!.name} to ${replaced.at(-1)!.name} make`];
  for (let at = 0; at < entries.length; at += A_LINE)
    lines.push(`-- migrate:replaces ${entries.slice(at, at + A_LINE).join(',')}`);
  return [title, ...lines, ...rest].join('\n');
}

function leftToDo({ delete: files, tablesWithRows, notDumped }: Squashed, { color }: Screen): string[] {
  const rows =
    tablesWithRows.length === 0
      ? []
      : [`not in it: the rows of ${tablesWithRows.join(', ')}. Write INSERT for those that a new database needs`];
  return [
    ...[...rows, ...notDumped.map(what => `not in it: ${what}`)].map(color.yellow),
    `Now delete what it replaces: git rm ${files.join(' ')}`,
  ];
}
