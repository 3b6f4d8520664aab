import type { JudgedFinding } from '../../compile/index.ts';
import type { Planned } from '../../runner/index.ts';
import type { Command, Invocation } from '../command.ts';
import { soundFolderWithWarnings } from '../folder.ts';
import { ANY_TARGET, COMMON, FILES } from '../options.ts';
import { isDeployed } from '../project-folder.ts';
import { judgeFor, openReading } from '../reading.ts';
import { plan as render, sql } from '../render/plan.ts';
import { withSession } from '../session.ts';
import { UsageError } from '../usage-error.ts';

export const command: Command = {
  name: 'plan',
  summary: 'show what "up" would do',
  arguments: [],
  options: [...FILES, ...ANY_TARGET, 'deployed', 'sql', 'on-changed', 'out-of-order', 'exit-code', ...COMMON],
  description: [
    'Shows the migrations that "up" would apply, in order, what the safety rules find in them, and the problems that would stop it. Changes nothing. Exit code 1 when there are such problems; with --exit-code 3 when there is something to apply, or something failed.',
    'With --function or --stack it shows what a deploy of this folder would do: the history comes through the function, the files from here. Engine, tracking tables and baseline are those that the construct was told; --on-changed and --out-of-order may differ. With --deployed it shows the plan of the folder that the function was deployed with, without findings.',
  ],
  examples: [
    { line: 'plan', what: 'what is pending on the embedded PostgreSQL' },
    { line: 'plan --sql', what: 'with the SQL, for a review before the deploy' },
    { line: 'plan --stack Shop-prod', what: 'what a deploy of this folder would do, for a pull request' },
    { line: 'plan --stack Shop-prod --deployed', what: 'what a deploy of the same code again would do' },
    { line: 'plan --on-changed fail --json', what: 'would an edited migration stop the deploy?' },
  ],
  async run(invocation) {
    const { values, out, context } = invocation;
    const { planned, findings, title } = await (values.deployed ? planDeployed(invocation) : planHere(invocation));
    const view = { ...planned, findings };
    // SQL not through the screen, which hides passwords of URLs: what is shown is what would be executed.
    if (values.json) context.stdout.write(`${JSON.stringify(view, null, 2)}\n`);
    else {
      out.lines([out.color.dim(title), '']);
      for (const each of view.sql ?? []) context.stdout.write(sql(each, out));
      out.lines(render(view, out));
    }
    if (view.problems.length > 0) return 1;
    return values['exit-code'] && view.steps.length + view.failed.length > 0 ? 3 : 0;
  },
};

/** A plan with what the safety rules say of it; null: it is that of another folder than this one. */
interface Shown {
  readonly planned: Planned;
  readonly findings: readonly JudgedFinding[] | null;
  readonly title: string;
}

async function planHere(invocation: Invocation): Promise<Shown> {
  const { values } = invocation;
  // A folder that cannot be applied stops the command before a database is asked for; of a function only the function knows the engine.
  const early = isDeployed(values) ? undefined : await soundFolderWithWarnings(invocation);
  const reading = await openReading(invocation);
  const compiled = early ?? (await soundFolderWithWarnings({ ...invocation, values: reading.values }));
  const { planned, unapplied } = await reading.review(compiled, { sql: values.sql === true });
  const findings = judgeFor(compiled, unapplied).findings.filter(({ severity }) => severity !== 'note');
  return { planned, findings, title: reading.title };
}

async function planDeployed(invocation: Invocation): Promise<Shown> {
  const { values } = invocation;
  if (!isDeployed(values)) {
    throw new UsageError('--deployed is about a deployed function', 'Give --function or --stack too', 'plan');
  }
  return withSession(invocation, async ({ ask, title }) => ({
    planned: await ask('plan', values.sql ? { sql: true } : {}),
    findings: null,
    title,
  }));
}
