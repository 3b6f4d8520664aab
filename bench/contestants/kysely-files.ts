import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BenchMigration } from '../migrations.ts';
import { literal } from './contestant.ts';

/** Migrations as Kysely's are written by hand where the SQL is what one wants: a statement a call. SST's function reads the same. */
export function writeKysely(folder: string, migrations: readonly BenchMigration[]): void {
  for (const { name, statements } of migrations) {
    const lines = statements.map(sql => `  await db.executeQuery(CompiledQuery.raw(${JSON.stringify(sql)}, []));\n`);
    writeFileSync(
      join(folder, `${name}.mjs`),
      `import { CompiledQuery } from 'kysely';\nexport async function up(db) {\n${lines.join('')}}\n`,
    );
  }
}

/** The rows of its table. */
export function pretendKysely(applied: readonly BenchMigration[]): string[] {
  const rows = applied.slice(1).map(({ name }, index) => {
    return `(${literal(name)}, ${literal(new Date(Date.now() + 1000 + index).toISOString())})`;
  });
  return rows.length === 0 ? [] : [`INSERT INTO kysely_migration (name, timestamp) VALUES ${rows.join(',')}`];
}
