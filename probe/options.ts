import { parseArgs } from 'node:util';
import type { Asked } from './probes/index.ts';
import type { Target } from './step.ts';

/** What was asked for on the command line. */
export interface Options {
  readonly target: Target;
  readonly asked: Asked;
  /** Of a Data API other than AWS's: a local one. */
  readonly endpoint: string | undefined;
  /** Where the report goes. */
  readonly out: string;
  /** Starts without asking. */
  readonly yes: boolean;
}

export const USAGE = `npm run probe -- --cluster-arn ARN --secret-arn ARN --database NAME

Asks the Data API of a cluster of yours what nobody has measured, and compares it with the local Data API.
Lists every call and asks before it starts; takes about seven minutes; creates and removes a schema of its own.

      --cluster-arn ARN  the cluster, PostgreSQL or MySQL, with its Data API turned on
      --secret-arn ARN   its user, who may create a schema (on MySQL a database)
      --database NAME    a database of it
      --pause            also what a paused cluster answers: 35 minutes or more, on a cluster that nobody else uses
                         and whose minimum capacity is 0
      --databases        also the connections to 200 databases, which are created and removed: 15 minutes or more
      --out FILE         where the report is written (default: probe-report.md)
      --endpoint URL     another Data API, such as that of "aurora-migrations serve"
      --yes              start without asking

Credentials and region are those of the AWS SDK.`;

/** Reads the command line. Throws a `TypeError` with a line for the user. */
export function readOptions(argv: readonly string[]): Options | 'help' {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      'cluster-arn': { type: 'string' },
      'secret-arn': { type: 'string' },
      database: { type: 'string' },
      pause: { type: 'boolean', default: false },
      databases: { type: 'boolean', default: false },
      out: { type: 'string', default: 'probe-report.md' },
      endpoint: { type: 'string' },
      yes: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return 'help';
  const needed = (name: 'cluster-arn' | 'secret-arn' | 'database') => {
    const value = values[name];
    if (!value) throw new TypeError(`--${name} is missing. Give --cluster-arn, --secret-arn and --database.`);
    return value;
  };
  return {
    target: {
      resourceArn: needed('cluster-arn'),
      secretArn: needed('secret-arn'),
      database: needed('database'),
    },
    asked: { pause: values.pause, databases: values.databases },
    endpoint: values.endpoint,
    out: values.out,
    yes: values.yes,
  };
}
