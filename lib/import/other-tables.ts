import type { SourceTool } from '../core/source.ts';
import { applied as alchemy } from './alchemy/applied.ts';
import { applied as atlas } from './atlas/applied.ts';
import { applied as awsBlocks } from './aws-blocks/applied.ts';
import { applied as dbMigrate } from './db-migrate/applied.ts';
import { applied as dbmate } from './dbmate/applied.ts';
import { applied as diesel } from './diesel/applied.ts';
import { applied as drizzle } from './drizzle/applied.ts';
import { applied as flyway } from './flyway/applied.ts';
import { applied as golangMigrate } from './golang-migrate/applied.ts';
import { applied as goose } from './goose/applied.ts';
import { applied as graphileMigrate } from './graphile-migrate/applied.ts';
import { applied as liquibase } from './liquibase/applied.ts';
import { applied as mybatis } from './mybatis/applied.ts';
import { applied as nodePgMigrate } from './node-pg-migrate/applied.ts';
import type { OtherTable } from './other-table.ts';
import { applied as play } from './play/applied.ts';
import { applied as pop } from './pop/applied.ts';
import { applied as postgresMigrations } from './postgres-migrations/applied.ts';
import { applied as prisma } from './prisma/applied.ts';
import { applied as rails } from './rails/applied.ts';
import { applied as rambler } from './rambler/applied.ts';
import { applied as sqlMigrate } from './sql-migrate/applied.ts';
import { applied as sqlx } from './sqlx/applied.ts';
import { applied as supabase } from './supabase/applied.ts';
import { applied as tern } from './tern/applied.ts';

/** The table of each tool. */
export const OTHER_TABLES: Readonly<Record<SourceTool, OtherTable>> = {
  'golang-migrate': golangMigrate,
  dbmate,
  flyway,
  goose,
  'sql-migrate': sqlMigrate,
  sqlx,
  diesel,
  prisma,
  drizzle,
  supabase,
  'node-pg-migrate': nodePgMigrate,
  pop,
  rails,
  atlas,
  liquibase,
  'graphile-migrate': graphileMigrate,
  tern,
  mybatis,
  rambler,
  play,
  'postgres-migrations': postgresMigrations,
  'aws-blocks': awsBlocks,
  alchemy,
  'db-migrate': dbMigrate,
};

/** Whether a table with these columns is of the kind. */
export function hasShape({ columns, without = [] }: OtherTable, present: readonly string[]): boolean {
  const all = present.map(column => column.toLowerCase());
  return columns.every(column => all.includes(column)) && !without.some(column => all.includes(column));
}
