import type { Report } from '../../core/report.ts';
import { migrate } from '../../runner/index.ts';
import type { Command, Invocation } from '../command.ts';
import { interrupted } from '../interrupted.ts';
import { COMMON, FILES, TARGET } from '../options.ts';
import { type Progress, progress } from '../progress.ts';
import { verdict } from '../render/verdict.ts';
import { requestedBy } from '../requested-by.ts';
import { type Session, withSession } from '../session.ts';

export const command: Command = {
  name: 'up',
  summary: 'apply what is pending',
  arguments: [],
  options: [...FILES, ...TARGET, 'on-changed', 'out-of-order', 'lock-timeout', ...COMMON],
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
    { line: 'up --on-changed fail --json', what: 'stop at an edited migration; the report as JSON' },
  ],
  async run(invocation) {
    const { values, out, context } = invocation;
    const shown = progress(values.json ? invocation.err : out);
    const { report, line } = await withSession(
      invocation,
      session => up(invocation, session, shown),
      wait => shown.on({ event: 'waiting', ...wait }),
    ).finally(() => shown.end());
    if (values.json) out.write(`${JSON.stringify(report, null, 2)}\n`);
    else out.lines(verdict(report, out, line));
    const code = interrupted(context);
    if (code !== undefined) return code;
    return report.outcome === 'applied' || report.outcome === 'nothing-to-do' ? 0 : 1;
  },
};

/** Apply what is pending and say so while it goes. With the line of the file at which a migration failed. */
async function up({ values, out, err, context }: Invocation, session: Session, shown: Progress) {
  const { migrations, runner, title } = session;
  // As JSON the answer is one value; people who watch it come about still see that something happens.
  const silent = values.json && !err.live;
  if (!values.json) out.lines([out.color.dim(title)]);
  shown.expect(migrations.manifest.migrations.map(({ name }) => name));
  const stopping = () => {
    const line = 'Stopping after the step it is at. Once more to leave at once.';
    if (out.live) shown.note(line);
    else err.lines([line]);
  };
  context.signal.addEventListener('abort', stopping);
  try {
    const report: Report = await migrate({
      ...runner,
      requestedBy: requestedBy(context.env),
      ...(values['lock-timeout'] !== undefined && { lockTimeoutMs: values['lock-timeout'] }),
      signal: context.signal,
      on: event => {
        if (!silent) shown.on(event);
      },
    });
    return { report, line: await failedLine(report, session) };
  } finally {
    context.signal.removeEventListener('abort', stopping);
  }
}

async function failedLine(report: Report, { migrations }: Session): Promise<string | undefined> {
  const failed = report.migrations.find(({ state, error }) => state === 'failed' && error?.line);
  if (!failed || !migrations.manifest.migrations.some(({ name }) => name === failed.name)) return undefined;
  const { up } = await migrations.body(failed.name);
  return up.content.split('\n')[failed.error!.line! - 1]?.replace(/\r$/, '');
}
