import { MigrationError } from '../../core/errors.ts';
import { SOURCE_TOOLS, type SourceTool } from '../../core/source.ts';
import { type BaselineFrom, ownTableProblem } from '../../core/take-over.ts';
import type { Command } from '../command.ts';
import { engineName } from '../engine.ts';
import { ANY_TARGET, COMMON, FILES, type Values } from '../options.ts';
import { isDeployed } from '../project-folder.ts';
import { adopted } from '../render/adopted.ts';
import { withSession } from '../session.ts';
import { knownTool } from '../source-tool.ts';
import { UsageError } from '../usage-error.ts';

export const command: Command = {
  name: 'baseline',
  summary: 'take over a database that has some of it already',
  arguments: [],
  options: ['to', 'from', 'from-table', 'skip', ...FILES, ...ANY_TARGET, ...COMMON],
  description: [
    'Records the migrations up to a version as applied, without running them: for a database that was there before its migrations were. What is applied already stays as it is. Whether the database really has it, "diff" and "verify" tell.',
    `With --from TOOL it records those that the other tool has applied in this database, by that tool's own table, which it only reads: each environment its own. It finds the table by its usual name; --from-table names another one. It records nothing where a migration failed there, or where that tool has applied what is no file here; --skip ID names what is meant to have no file. The tools are ${SOURCE_TOOLS.join(', ')}.`,
  ],
  examples: [
    { line: 'baseline --to 004', what: 'the database has what 001 to 004 would make' },
    { line: 'baseline --from goose', what: 'it has what goose has applied' },
    { line: 'baseline --from dbmate --table aurora_migrations', what: 'our table must have another name than theirs' },
    { line: 'baseline --to 004 --function Shop-Hook', what: 'of a deployed hook' },
  ],
  async run(invocation) {
    const { values, out } = invocation;
    const fields = whatToRecord(values);
    return withSession(invocation, async ({ ask, title }) => {
      const report = await ask('baseline', fields);
      if (values.json) out.write(`${JSON.stringify(report, null, 2)}\n`);
      else out.lines([out.color.dim(title), ...adopted(report, out)]);
      return report.outcome === 'stopped' ? 1 : 0;
    });
  },
};

function whatToRecord(values: Values): { to: string } | BaselineFrom {
  const { to, from, 'from-table': fromTable, skip } = values;
  if (to !== undefined && from !== undefined)
    throw new UsageError('--to and --from exclude each other', 'Give one of them', 'baseline');
  if (to !== undefined) return { to };
  if (from === undefined)
    throw new UsageError(
      '"baseline" needs --to VERSION or --from TOOL',
      'Give the newest version that the database has, or the tool that has migrated it',
      'baseline',
    );
  return otherTool(values, { from: knownTool(from, 'baseline'), fromTable, skip });
}

/** What names the other tool. Throws where its table has the place of ours; a deployed function knows the name of its own. */
function otherTool(
  values: Values,
  { from, fromTable, skip }: { from: SourceTool; fromTable: string | undefined; skip: readonly string[] | undefined },
): BaselineFrom {
  const option = { from, ...(fromTable !== undefined && { fromTable }), ...(skip !== undefined && { skip }) };
  const taken = isDeployed(values) ? null : ownTableProblem(option, values, engineName(values));
  if (taken) throw new MigrationError(taken);
  return option;
}
