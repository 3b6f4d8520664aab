import { once } from 'node:events';
import type { Local, LocalOptions } from '../../local/index.ts';
import type { Command, Invocation } from '../command.ts';
import { COMMON } from '../options.ts';
import { localPlace, titleOf } from '../project-folder.ts';
import { requestLine } from '../render/request-line.ts';
import { readFaults } from '../serve-faults.ts';
import { startTarget } from '../target.ts';
import { UsageError } from '../usage-error.ts';

export const command: Command = {
  name: 'serve',
  summary: 'run a local Data API for an application',
  arguments: [],
  options: ['port', 'engine', 'data', 'url', 'database', 'superuser', 'fault', 'clock-speed', 'values', ...COMMON],
  description: [
    'Runs the local Data API until Ctrl-C and prints what an application must set so that its AWS SDK uses it. The lines can be pasted into a shell. It is for development: it checks no signatures, listens on this machine only and refuses requests of web pages. Sessions have the rights of the master user of an Aurora cluster, unless --superuser is given: for what only a superuser can do, such as event triggers.',
    `--fault makes calls fail as the service does, so that an application's retries can be tried: names with commas between them, each with a number of calls (throttled:3) or, for the last one, a time (resuming:20s) behind it; they hit calls in this order. The same at any time, to the port that is served: POST /_local/faults with JSON, such as {"fault":"lost-answer","operation":"CommitTransaction"}; DELETE ends them. POST /_local/clocks with {"scale":0.01} makes timeouts a hundred times shorter.`,
    'With --verbose every call is a line on stderr: its number, milliseconds, outcome, statement and the names of its parameters, with --values their values too.',
  ],
  examples: [
    { line: 'serve --port 8080', what: 'over the embedded PostgreSQL, at a fixed port' },
    { line: 'serve --url postgres://localhost/app', what: 'over a server of yours' },
    { line: 'serve --engine mysql', what: 'over a MySQL of its own: mysqld must be on the PATH' },
    { line: 'serve --fault resuming:20s', what: 'as a paused cluster: 20 seconds long, from the first call on' },
    {
      line: 'serve --fault lost-answer,throttled:3',
      what: 'a call whose answer is lost, and three that are throttled',
    },
    {
      line: 'serve --clock-speed 100 --fault timeout',
      what: 'transactions that expire after 1.8 seconds, and a timeout',
    },
    { line: 'serve --json', what: 'the settings as one line of JSON, for a script that starts it' },
  ],
  async run(invocation) {
    const { values, context, out } = invocation;
    const where = localPlace(values);
    if (values.superuser && where.kind === 'server')
      throw new UsageError('--superuser is for the embedded database', 'Name the user in the --url');
    if (values.values && !values.verbose)
      throw new UsageError('--values belongs to --verbose', 'Give --verbose too', 'serve');
    const faults = values.fault === undefined ? [] : readFaults(values.fault);
    const local = await startTarget(where, invocation, localOptions(invocation));
    try {
      local.faults.add(...faults);
      const settings = environment(local);
      // Not through the screen, which hides passwords: the embedded database's own is what people need to look into it.
      const url = where.kind === 'embedded' ? local.postgresUrl : undefined;
      const server = url?.startsWith('mysql:') ? 'MySQL' : 'PostgreSQL';
      if (values.json)
        context.stdout.write(
          `${JSON.stringify({ environment: settings, ...(url && { [server === 'MySQL' ? 'mysqlUrl' : 'postgresUrl']: url }) })}\n`,
        );
      else {
        show(invocation, settings, titleOf(where));
        if (url) context.stdout.write(`\n${out.color.dim(`# ${server} itself`)}\n${url}\n`);
        out.write(`\n${out.color.dim('# Ctrl-C stops it')}\n`);
      }
      if (!context.signal.aborted) await once(context.signal, 'abort');
      return 0;
    } finally {
      await local.stop();
    }
  },
};

/** Requests that are kept for `GET /_local/log`: it may run for weeks. */
const LOG_LIMIT = 10_000;

function localOptions({ values, err }: Invocation): Partial<LocalOptions> {
  const speed = values['clock-speed'];
  return {
    port: values.port,
    superuser: values.superuser,
    logLimit: LOG_LIMIT,
    logValues: values.values,
    ...(speed !== undefined && { clocks: { scale: 1 / speed } }),
    ...(values.verbose && { onRequest: entry => err.lines([requestLine(entry, err.color)]) }),
  };
}

/** What an application sets to use a local Data API: variables of the AWS SDK, then the names that its calls carry. */
function environment(local: Local): Record<string, string> {
  return {
    AWS_ENDPOINT_URL_RDS_DATA: local.endpoint,
    AWS_REGION: local.region,
    AWS_ACCESS_KEY_ID: local.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: local.credentials.secretAccessKey,
    CLUSTER_ARN: local.resourceArn,
    SECRET_ARN: local.secretArn,
    DATABASE: local.database,
  };
}

function show({ out, context }: Invocation, settings: Record<string, string>, title: string): void {
  const { bold, dim, green } = out.color;
  out.lines([`${green('✓')} ${bold('Local Data API')} over ${title}`, '', dim('# What an application sets:')]);
  for (const [name, value] of Object.entries(settings)) context.stdout.write(`export ${name}=${quoted(value)}\n`);
}

function quoted(value: string): string {
  return /^[\w@%+=:,./-]+$/.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`;
}
