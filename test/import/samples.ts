import { join } from 'node:path';
import { lex } from '../../lib/compile/postgresql/lexer.ts';
import { type Imported, readImport } from '../../lib/import/index.ts';

/** Folders in the form of other tools, each with the tool's own table after half of its migrations (`history.sql`). */
export const FORMATS = join(import.meta.dirname, 'formats');

export interface Sample {
  readonly tool: string;
  /** In the folder of formats. */
  readonly source: string;
  readonly skip?: readonly string[];
  readonly values?: Readonly<Record<string, string>>;
  /** Its files do not tell which tool they are written for. */
  readonly isUnclear?: true;
}

export const SAMPLES: readonly Sample[] = [
  { tool: 'golang-migrate', source: 'golang-migrate/migrations' },
  { tool: 'dbmate', source: 'dbmate/db/migrations' },
  {
    tool: 'flyway',
    source: 'flyway/sql',
    skip: ['afterMigrate.sql'],
    values: { app_user: 'current_user', schema: 'public' },
  },
  { tool: 'goose', source: 'goose/migrations', skip: ['*.go'], values: { APP_USER: 'current_user' } },
  { tool: 'sql-migrate', source: 'sql-migrate/migrations' },
  { tool: 'sqlx', source: 'sqlx/migrations' },
  { tool: 'sqlx', source: 'sqlx-simple/migrations', isUnclear: true },
  { tool: 'diesel', source: 'diesel/migrations' },
  { tool: 'prisma', source: 'prisma/prisma/migrations' },
  { tool: 'drizzle', source: 'drizzle/drizzle' },
  { tool: 'drizzle', source: 'drizzle-1/drizzle' },
  { tool: 'supabase', source: 'supabase/supabase/migrations' },
  { tool: 'node-pg-migrate', source: 'node-pg-migrate/migrations', skip: ['*.js'] },
  { tool: 'pop', source: 'pop/migrations', skip: ['*.fizz'], values: { Name: 'postgres' } },
  { tool: 'rails', source: 'rails/db/structure.sql' },
  { tool: 'atlas', source: 'atlas/migrations' },
  {
    tool: 'liquibase',
    source: 'liquibase/changelog.sql',
    skip: ['preconditions'],
    values: { contexts: 'prod', labels: '' },
  },
  { tool: 'graphile-migrate', source: 'graphile-migrate/migrations', values: { DATABASE_NAME: 'shop' } },
  { tool: 'tern', source: 'tern/migrations', skip: ['004_add_mood.sql'] },
  { tool: 'mybatis', source: 'mybatis/scripts' },
  { tool: 'rambler', source: 'rambler/migrations' },
  { tool: 'play', source: 'play-evolutions' },
  { tool: 'postgres-migrations', source: 'postgres-migrations/migrations' },
  { tool: 'aws-blocks', source: 'aws-blocks/migrations', isUnclear: true },
  { tool: 'alchemy', source: 'alchemy/migrations', isUnclear: true },
  { tool: 'db-migrate', source: 'db-migrate/migrations' },
];

export function importSample({ tool, source, skip = [], values = {} }: Sample, from = tool): Imported {
  return readImport({
    tool: from,
    source: join(FORMATS, source),
    engine: undefined,
    skip,
    values: new Map(Object.entries(values)),
  });
}

/** The tokens of a text of PostgreSQL, without comments. */
export function tokensOf(text: string): string[] {
  return lex(text)
    .filter(({ kind }) => kind !== 'comment' && kind !== 'block-comment')
    .map(({ start, end }) => text.slice(start, end));
}
