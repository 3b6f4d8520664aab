import type { SourceTool } from '../core/source.ts';
import { files as alchemy } from './alchemy/files.ts';
import { files as atlas } from './atlas/files.ts';
import { files as awsBlocks } from './aws-blocks/files.ts';
import { files as dbMigrate } from './db-migrate/files.ts';
import { files as dbmate } from './dbmate/files.ts';
import { files as diesel } from './diesel/files.ts';
import { files as drizzle } from './drizzle/files.ts';
import { files as flyway } from './flyway/files.ts';
import { files as golangMigrate } from './golang-migrate/files.ts';
import { files as goose } from './goose/files.ts';
import { files as graphileMigrate } from './graphile-migrate/files.ts';
import { files as liquibase } from './liquibase/files.ts';
import { files as mybatis } from './mybatis/files.ts';
import { files as nodePgMigrate } from './node-pg-migrate/files.ts';
import { files as play } from './play/files.ts';
import { files as pop } from './pop/files.ts';
import { files as postgresMigrations } from './postgres-migrations/files.ts';
import { files as prisma } from './prisma/files.ts';
import { files as rails } from './rails/files.ts';
import { files as rambler } from './rambler/files.ts';
import type { ToolFiles } from './reading.ts';
import { files as sqlMigrate } from './sql-migrate/files.ts';
import { files as sqlx } from './sqlx/files.ts';
import { files as supabase } from './supabase/files.ts';
import { files as tern } from './tern/files.ts';

/** Reads the files of each tool. */
export const TOOLS: Readonly<Record<SourceTool, ToolFiles>> = {
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
