import { type Compiled, reader } from '../../compile/index.ts';
import type { ManifestReader } from '../../core/manifest.ts';
import type { Rehearsal } from '../../core/rehearsal.ts';
import type { Command, Invocation } from '../command.ts';
import { soundFolder } from '../folder.ts';
import { unlessInterrupted } from '../interrupted.ts';
import { ANY_TARGET, COMMON, FILES, OPTIONS } from '../options.ts';
import { progress } from '../progress.ts';
import { isDeployed } from '../project-folder.ts';
import { rehearseOnCopy } from '../rehearsal/rehearse.ts';
import { readSource, type Source } from '../rehearsal/source.ts';
import { rehearsal as render } from '../render/rehearsal.ts';
import { scratchValues } from '../scratch.ts';
import { type Session, withSession } from '../session.ts';

export const command: Command = {
  name: 'rehearse',
  summary: 'try what is pending on a copy of the live schema',
  arguments: [],
  options: ['down', ...FILES, ...ANY_TARGET, 'on-changed', 'out-of-order', ...COMMON],
  description: [
    'Reads the live schema and the history, through the Data API or the function of a deploy hook, and writes nothing there. Builds that schema without rows on a PostgreSQL (MySQL: a mysqld from the PATH) that is started for it and thrown away, and applies the pending migrations of the folder to it as "up" would. What fails there for the sake of the schema would have failed in the deploy.',
    'Shows for each migration whether it works, or the failure. PostgreSQL: the strongest lock on each table, what is rewritten, what is read from end to end. A lock is held to the end of its transaction: one that blocks writes beside a scan or a rewrite stops the application for as long as the table is large. MySQL: the cheapest ALGORITHM and LOCK that the server accepts for each change of a table: COPY and LOCK=SHARED block writes.',
    'At the end stands what the schema gains and loses, as "diff" shows it, and what a copy without rows cannot tell. With a deployed function, engine, names and options of the plan are those that the construct was told; --on-changed and --out-of-order may differ. Exit code 1 where a migration fails or the plan has a problem.',
  ],
  examples: [
    { line: 'rehearse --stack Shop-prod', what: 'before a deploy: the files here against the deployed database' },
    {
      line: 'rehearse --down --cluster-arn arn:aws:rds:… --secret-arn arn:aws:secretsmanager:… --database app',
      what: 'and undo it again: do the down sections work?',
    },
    { line: 'rehearse --url postgres://app@localhost/app --json', what: 'as JSON, for a pull request' },
  ],
  async run(invocation) {
    const { values, out, context } = invocation;
    // What can be wrong about the folder is said before a database is opened; the engine of a deployed function is known later.
    const early = isDeployed(values) ? null : await unlessInterrupted(context, soundFolder(values));
    const { rehearsal, title, migrations } = await shown(invocation, doing => all(invocation, early, doing));
    // Not through the screen, which hides passwords of URLs: what is shown of the schema is what is there.
    if (values.json) context.stdout.write(`${JSON.stringify(rehearsal, null, 2)}\n`);
    else {
      out.lines([out.color.dim(title), '']);
      context.stdout.write(`${(await render(rehearsal, migrations, out)).join('\n')}\n`);
    }
    return rehearsal.outcome === 'failed' || rehearsal.outcome === 'stopped' ? 1 : 0;
  },
};

interface Done {
  readonly rehearsal: Rehearsal;
  readonly title: string;
  readonly migrations: ManifestReader;
}

async function all(invocation: Invocation, early: Compiled | null, doing: (what: string) => void): Promise<Done> {
  const { context } = invocation;
  doing('reading the schema and the history');
  const { source, title } = await read(invocation);
  const values = scratchValues({ ...invocation.values, engine: source.server.engine, ...source.told?.names });
  const migrations = reader(early ?? (await unlessInterrupted(context, soundFolder(values))));
  const rehearsal = await unlessInterrupted(context, rehearseOnCopy({ values, source, migrations, doing }));
  return { rehearsal, migrations, title: `${values.dir ?? OPTIONS.dir.default} → a copy of ${title}` };
}

/** The folder is the one here, wherever the database is. */
function read(invocation: Invocation): Promise<{ source: Source; title: string }> {
  const { dir: _, 'on-changed': __, 'out-of-order': ___, ...values } = invocation.values;
  const work = async (session: Session) => ({ source: await readSource(session), title: session.title });
  return withSession({ ...invocation, values }, work, { folder: 'none', on: () => undefined });
}

/** Tells a terminal what is being done. */
async function shown<T>(
  { values, out, err }: Invocation,
  work: (doing: (what: string) => void) => Promise<T>,
): Promise<T> {
  const screen = values.json ? err : out;
  const line = progress(screen);
  try {
    return await work(what => {
      if (screen.live) line.on({ event: 'waiting', what, seconds: 0 });
    });
  } finally {
    line.end();
  }
}
