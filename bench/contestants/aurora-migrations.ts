import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { VERSION } from '../../lib/core/version.ts';
import { dataApi } from '../../lib/data-api/index.ts';
import { mysql } from '../../lib/engine/mysql/index.ts';
import { postgresql } from '../../lib/engine/postgresql/index.ts';
import { migrate } from '../../lib/runner/index.ts';
import { manifestIn } from '../manifest-in.ts';
import { type Contestant, literal } from './contestant.ts';

/**
 * This project's runner: compiled beforehand, as at synth; the run is `migrate()`, which is also what the command line and an invocation by hand do.
 * What a deploy does around it: `aurora-migrations-hook.ts`.
 */
export const auroraMigrations: Contestant = {
  name: 'aurora-migrations',
  title: `aurora-migrations ${VERSION}, its runner`,
  async prepare(folder, { applied, pending }, engine) {
    // Not at the top: a process that only applies shall not hold the grammar.
    const { compile, writeCompiled } = await import('../../lib/compile/index.ts');
    const sql = join(folder, 'sql');
    mkdirSync(sql);
    for (const { name, statements } of [...applied, ...pending]) {
      writeFileSync(join(sql, `${name}.sql`), statements.map(statement => `${statement};\n`).join(''));
    }
    const compiled = await compile({ dir: sql, engine, relativeTo: folder });
    if (compiled.errors.length > 0) throw new Error(compiled.errors.map(({ message }) => message).join('\n'));
    writeCompiled(compiled, folder);
  },
  pretend(folder, migrations) {
    const { manifest } = manifestIn(folder);
    const [first, ...others] = migrations.map(({ name }) => manifest.migrations.find(one => one.name === name)!);
    if (others.length === 0) return [];
    const row = ({ name, version, checksum, statementsChecksum }: (typeof manifest.migrations)[number]) =>
      `(${[name, version ?? '', checksum, statementsChecksum].map(literal).join(',')})`;
    return [
      `INSERT INTO schema_migrations (name, attempt, version, checksum, statements_checksum, status, content, content_facts, statements,
         statements_applied, started_at, finished_at, execution_time_ms, run_id, requested_by, tool_version)
       SELECT v.name, 1, v.version, v.checksum, v.sum, m.status, m.content, m.content_facts, m.statements,
         m.statements_applied, m.started_at, m.finished_at, m.execution_time_ms, m.run_id, m.requested_by, m.tool_version
       FROM schema_migrations m, (VALUES ${others.map(row).join(',')}) v (name, version, checksum, sum)
       WHERE m.name = ${literal(first!.name)}`,
    ];
  },
  async run({ resourceArn, secretArn, database, endpoint, region, credentials, engine }, folder) {
    const report = await migrate({
      database: dataApi({ resourceArn, secretArn, database, client: { endpoint, region, credentials } }),
      engine: engine === 'mysql' ? mysql() : postgresql(),
      migrations: manifestIn(folder),
      requestedBy: 'bench',
    });
    if (report.outcome === 'applied' || report.outcome === 'nothing-to-do') return;
    const error = report.migrations.find(({ state }) => state === 'failed')?.error;
    throw new Error(`${report.outcome}: ${error?.message ?? report.problems.map(({ message }) => message).join('; ')}`);
  },
};
