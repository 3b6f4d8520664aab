/** A tool whose table the option `baseline` reads. */
export type SourceTool =
  | 'golang-migrate'
  | 'dbmate'
  | 'flyway'
  | 'goose'
  | 'sql-migrate'
  | 'sqlx'
  | 'diesel'
  | 'prisma'
  | 'drizzle'
  | 'supabase'
  | 'node-pg-migrate'
  | 'pop'
  | 'rails'
  | 'atlas'
  | 'liquibase'
  | 'graphile-migrate'
  | 'tern'
  | 'mybatis'
  | 'rambler'
  | 'play'
  | 'postgres-migrations'
  | 'aws-blocks'
  | 'alchemy'
  | 'db-migrate';

/** The option `baseline` in its second form: what another tool has applied is recorded as applied, in each database what is applied there. */
export interface BaselineFrom {
  /** The tool that has migrated the database so far. */
  readonly from: SourceTool;

  /**
   * Its table, `schema.table` or `table`, where it has another name than usual.
   * @default the usual name, in any schema
   */
  readonly fromTable?: string;

  /**
   * Ids that the other tool has applied and for which no file is wanted here: migrations that are code.
   * @default none
   */
  readonly skip?: readonly string[];
}
