/** An option of the command line, as data: parsing and help both read it. */
export interface Option {
  /** `list`: a text that may be given several times. */
  readonly type: 'text' | 'flag' | 'count' | 'duration' | 'list';
  readonly short?: string;
  /** What stands for its value in the help. */
  readonly value?: string;
  readonly summary: string;
  readonly default?: string;
  /** The only values that it takes. */
  readonly choices?: readonly string[];
  /** The environment variable that stands in where the option is not given. */
  readonly env?: string;
}

/** Every option there is. A command lists the names of those that it takes. */
export const OPTIONS = {
  dir: {
    type: 'text',
    short: 'd',
    value: 'FOLDER',
    summary: 'where the .sql files are',
    default: 'sql/migrations',
  },
  engine: {
    type: 'text',
    short: 'e',
    value: 'ENGINE',
    summary: 'the engine that the files are written for',
    choices: ['postgresql', 'mysql'],
    default: 'that of --url, else postgresql',
  },
  data: {
    type: 'text',
    value: 'FOLDER',
    summary: 'where the embedded database keeps its data',
    default: '.aurora-migrations',
  },
  url: {
    type: 'text',
    short: 'u',
    value: 'URL',
    summary: 'a PostgreSQL or MySQL server instead',
    env: 'AURORA_MIGRATIONS_URL',
  },
  'cluster-arn': {
    type: 'text',
    value: 'ARN',
    summary: 'an Aurora cluster, with --secret-arn and --database, through its Data API',
  },
  'secret-arn': { type: 'text', value: 'ARN', summary: 'the secret with the name and password of its user' },
  database: { type: 'text', value: 'NAME', summary: 'the database on the server or cluster' },
  function: {
    type: 'text',
    short: 'f',
    value: 'NAME',
    summary: 'let the function of a deploy hook do it, by its name or ARN',
  },
  stack: { type: 'text', short: 's', value: 'NAME', summary: 'the same, by the name of its CloudFormation stack' },
  region: {
    type: 'text',
    value: 'REGION',
    summary: 'the region of cluster, function or stack',
    default: "that of the ARN, else the profile's",
  },
  profile: { type: 'text', value: 'NAME', summary: 'the AWS profile', default: "the environment's" },
  schema: { type: 'text', value: 'NAME', summary: 'the schema of the tracking tables', default: 'public' },
  table: {
    type: 'text',
    value: 'NAME',
    summary: 'the name of the tracking table',
    default: 'schema_migrations',
  },
  'on-changed': {
    type: 'text',
    value: 'HOW',
    summary: 'what to do with an applied migration that was edited',
    choices: ['reapply', 'fail', 'ignore'],
    default: 'reapply',
  },
  'out-of-order': {
    type: 'text',
    value: 'HOW',
    summary: 'what to do with a pending one older than the newest applied',
    choices: ['apply', 'fail'],
    default: 'apply',
  },
  'lock-timeout': {
    type: 'duration',
    value: 'TIME',
    summary: 'how long a statement waits for a lock (500ms, 5s, 2min)',
    default: '5s',
  },
  to: { type: 'text', value: 'VERSION', summary: 'the version of a migration: 002, or its name' },
  steps: { type: 'count', value: 'N', summary: 'how many migrations', default: '1' },
  from: { type: 'text', value: 'TOOL', summary: 'the other tool (goose, flyway, …); auto recognises its files' },
  'from-table': { type: 'text', value: 'SCHEMA.TABLE', summary: 'the table of the other tool, where it was renamed' },
  skip: { type: 'list', value: 'NAME', summary: 'leave out this file or id of the other tool' },
  set: { type: 'list', value: 'NAME=VALUE', summary: 'the value of a placeholder' },
  'dry-run': { type: 'flag', summary: 'show what would be executed or written, and change nothing' },
  down: { type: 'flag', summary: 'undo it again on the copy, to try the down sections' },
  sql: { type: 'flag', summary: 'with the SQL that would be executed' },
  deployed: { type: 'flag', summary: 'with --function or --stack: of the folder that is deployed, not of this one' },
  follow: { type: 'flag', summary: 'go on showing what is new, until Ctrl-C' },
  'exit-code': { type: 'flag', summary: 'exit with 3 when something is pending or failed' },
  limit: { type: 'count', short: 'n', value: 'N', summary: 'how many attempts', default: '50' },
  migration: { type: 'text', short: 'm', value: 'NAME', summary: 'only this migration' },
  statement: { type: 'count', value: 'N', summary: 'the number of the statement' },
  as: { type: 'text', value: 'WHAT', summary: 'what became of it', choices: ['done', 'not-done'] },
  against: {
    type: 'text',
    value: 'FILE',
    summary: 'a dump to compare with',
    default: 'what the migrations make',
  },
  grants: { type: 'flag', summary: "with privileges, but not the owners' own" },
  port: { type: 'count', short: 'p', value: 'N', summary: 'the port to listen on', default: 'a free one' },
  fault: {
    type: 'text',
    value: 'FAULTS',
    summary: 'what goes wrong with the first calls: resuming:20s, lost-answer, throttled:3, timeout, …',
  },
  'clock-speed': { type: 'count', value: 'N', summary: "the service's timeouts run N times faster", default: '1' },
  values: { type: 'flag', summary: 'with --verbose: the values of parameters too' },
  superuser: { type: 'flag', summary: "sessions of the superuser, not of Aurora's master user" },
  since: { type: 'text', value: 'VERSION', summary: 'judge only migrations from this version on' },
  strict: { type: 'flag', summary: 'fail on findings of danger and caution' },
  notes: { type: 'flag', summary: 'show notes too: brief locks and matters of style' },
  format: {
    type: 'text',
    value: 'FORMAT',
    summary: 'how to print what was found',
    choices: ['text', 'github', 'sarif'],
    default: 'github in GitHub Actions, else text',
  },
  json: { type: 'flag', summary: 'print the answer as JSON' },
  verbose: { type: 'flag', short: 'v', summary: 'say more: warnings, files, checksums, stack traces' },
  help: { type: 'flag', short: 'h', summary: 'show help; with a command, its options and examples' },
  version: { type: 'flag', summary: 'show the version' },
} as const satisfies Readonly<Record<string, Option>>;

export type OptionName = keyof typeof OPTIONS;

type ValueOf<O extends Option> = O['type'] extends 'flag'
  ? boolean
  : O['type'] extends 'count' | 'duration'
    ? number
    : O['type'] extends 'list'
      ? readonly string[]
      : O extends { readonly choices: readonly (infer C)[] }
        ? C
        : string;

/** Values as a command reads them: what was not given is not there. Durations are milliseconds. */
export type Values = { readonly [N in OptionName]?: ValueOf<(typeof OPTIONS)[N]> };

/** Which migrations. */
export const FILES = ['dir', 'engine', 'schema', 'table'] as const;
/** Which database. */
export const TARGET = ['data', 'url', 'cluster-arn', 'secret-arn', 'database', 'region', 'profile'] as const;
/** The same, or a deployed function that knows it. */
export const ANY_TARGET = [...TARGET, 'function', 'stack'] as const;
/** What every command takes. */
export const COMMON = ['json', 'verbose', 'help'] as const;
