import { MigrationError } from '../core/errors.ts';

/** Tools whose migrations are code, by the name that `--from` may give. */
const CODE_TOOLS: Readonly<Record<string, string>> = {
  knex: 'Knex',
  kysely: 'Kysely',
  typeorm: 'TypeORM',
  sequelize: 'Sequelize',
  django: 'Django',
  alembic: 'Alembic',
  ecto: 'Ecto',
  laravel: 'Laravel',
  'ef-core': 'EF Core',
  mikroorm: 'MikroORM',
};

/** Throws a `MigrationError` (`code-migrations`) for a tool whose migrations are code. */
export function refuseCode(tool: string): void {
  const title = CODE_TOOLS[tool.toLowerCase()];
  if (title === undefined) return;
  throw new MigrationError({
    code: 'code-migrations',
    message: `Migrations of ${title} are code: they hold no SQL that could be imported`,
    remedy:
      'Make one file of the schema: `dump --url URL > sql/migrations/001_schema.sql` of a database that has all migrations (or `pg_dump --schema-only`), then record it there with `baseline --to 001`',
  });
}
