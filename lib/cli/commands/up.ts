import type { Report } from '../../core/report.ts';
import type { Command } from '../command.ts';
import { interrupted } from '../interrupted.ts';
import { ANY_TARGET, COMMON, FILES } from '../options.ts';
import { verdict } from '../render/verdict.ts';
import { type Session, withSession } from '../session.ts';
import { showProgress } from '../show-progress.ts';

export const command: Command = {
  name: 'up',
  summary: 'apply what is pending',
  arguments: [],
  options: [...FILES, ...ANY_TARGET, 'on-changed', 'out-of-order', 'lock-timeout', ...COMMON],
  description: [
    'Applies every pending migration in order, each in one transaction where PostgreSQL allows it. When one fails, those before it stay applied, it leaves nothing behind, and the next "up" tries it again: nothing needs to be repaired.',
    'Without a target the database is a PostgreSQL 17 that comes with the package and lives in .aurora-migrations. Exit code 0 when everything is applied, 1 when not.',
  ],
  examples: [
    { line: 'up', what: 'sql/migrations, on the embedded PostgreSQL' },
    { line: 'up --url postgres://app@localhost/app', what: 'on a server (the password may come from PGPASSWORD)' },
    {
      line: 'up --cluster-arn arn:aws:rds:… --secret-arn arn:aws:secretsmanager:… --database app',
      what: 'on Aurora, through its Data API, with the credentials of the AWS environment',
    },
    { line: 'up --stack Shop-prod', what: 'between two deploys, by the function of a deploy hook' },
    { line: 'up --on-changed fail --json', what: 'stop at an edited migration; the report as JSON' },
  ],
  async run(invocation) {
    const { values, out, context } = invocation;
    const work = (session: Session) =>
      session.ask('migrate', {}).then(async report => ({ report, line: await failedLine(report, session) }));
    const { report, line } = await withSession(invocation, work, showProgress(invocation));
    if (values.json) out.write(`${JSON.stringify(report, null, 2)}\n`);
    else out.lines(verdict(report, out, line));
    const code = interrupted(context);
    if (code !== undefined) return code;
    return report.outcome === 'applied' || report.outcome === 'nothing-to-do' ? 0 : 1;
  },
};

/** The line of the file at which a migration failed; where the folder is that of a deployed function, it is not here. */
async function failedLine(report: Report, { migrations }: Session): Promise<string | undefined> {
  const failed = report.migrations.find(({ state, error }) => state === 'failed' && error?.line);
  if (!failed || !migrations?.manifest.migrations.some(({ name }) => name === failed.name)) return undefined;
  const { up } = await migrations.body(failed.name);
  return up.content.split('\n')[failed.error!.line! - 1]?.replace(/\r$/, '');
}
