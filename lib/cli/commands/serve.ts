import { once } from 'node:events';
import type { Local } from '../../local/index.ts';
import type { Command, Invocation } from '../command.ts';
import { COMMON } from '../options.ts';
import { localPlace, titleOf } from '../place.ts';
import { startTarget } from '../target.ts';
import { UsageError } from '../usage-error.ts';

export const command: Command = {
  name: 'serve',
  summary: 'run a local Data API for an application',
  arguments: [],
  options: ['port', 'data', 'url', 'database', 'superuser', ...COMMON],
  description: [
    'Runs the local Data API until Ctrl-C and prints what an application must set so that its AWS SDK uses it. The lines can be pasted into a shell. It is for development: it checks no signatures, listens on this machine only and refuses requests of web pages. Sessions have the rights of the master user of an Aurora cluster, unless --superuser is given: for what only a superuser can do, such as event triggers.',
  ],
  examples: [
    { line: 'serve --port 8080', what: 'over the embedded PostgreSQL, at a fixed port' },
    { line: 'serve --url postgres://localhost/app', what: 'over a server of yours' },
    { line: 'serve --json', what: 'the settings as one line of JSON, for a script that starts it' },
  ],
  async run(invocation) {
    const { values, context, out } = invocation;
    const where = localPlace(values);
    if (values.superuser && where.kind === 'server')
      throw new UsageError('--superuser is for the embedded database', 'Name the user in the --url');
    const local = await startTarget(where, invocation, { port: values.port, superuser: values.superuser });
    try {
      const settings = environment(local);
      // Not through the screen, which hides passwords: the embedded database's own is what people need to look into it.
      const url = where.kind === 'embedded' ? local.postgresUrl : undefined;
      if (values.json)
        context.stdout.write(`${JSON.stringify({ environment: settings, ...(url && { postgresUrl: url }) })}\n`);
      else {
        show(invocation, settings, titleOf(where));
        if (url) context.stdout.write(`\n${out.color.dim('# PostgreSQL itself')}\n${url}\n`);
        out.write(`\n${out.color.dim('# Ctrl-C stops it')}\n`);
      }
      if (!context.signal.aborted) await once(context.signal, 'abort');
      return 0;
    } finally {
      await local.stop();
    }
  },
};

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
