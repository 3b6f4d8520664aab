import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { type FreshLocal, freshLocal } from '../support/postgresql.ts';
import { Aws } from './aws.ts';
import { DeployedStack } from './stack.ts';

/** An AWS with a database, which is new for each test unless they only look. */
export interface World {
  readonly aws: Aws;
  readonly local: FreshLocal;
  /** A stack that is not yet deployed. */
  stack(name?: string): DeployedStack;
  /** Rows of a query past the Data API. */
  rows<T = Record<string, unknown>>(sql: string): Promise<T[]>;
  /** Tables besides our own, by name. */
  tables(): Promise<string[]>;
  /** Attempts as `name status`, in their order. */
  attempts(table?: string): Promise<string[]>;
}

/** What is to be true in it, besides the options of its local Data API. */
type WorldOptions = NonNullable<Parameters<typeof freshLocal>[0]> & {
  /** Milliseconds that a second takes, of the functions, of the state machine and of the Data API. @default a real second */
  readonly second?: number;
  /** One database and one AWS for all tests of the suite, which then only look. @default false */
  readonly once?: boolean;
};

/** One for all suites of a file: CDK's framework stays warm. */
let shared: Promise<Aws> | undefined;
let suites = 0;

/** Registers the hooks that start it and, after the last suite, stop it. Where time is scaled, each suite has one of its own. */
function useAws(second: number | undefined): () => Aws {
  let aws: Aws;
  if (second === undefined) suites++;
  beforeAll(async () => {
    if (second === undefined) shared ??= Aws.start();
    aws = await (second === undefined ? shared! : Aws.start({ second }));
  });
  afterAll(async () => {
    if (second === undefined && --suites > 0) return;
    if (second === undefined) shared = undefined;
    await aws.stop();
  });
  return () => aws;
}

/** Registers the hooks that make it and take it away. */
export function useWorld({ second, once = false, ...options }: WorldOptions = {}): World {
  const aws = useAws(second);
  let local: FreshLocal;
  (once ? beforeAll : beforeEach)(async () => {
    local = await localOf(second, options);
  });
  (once ? afterAll : afterEach)(async () => {
    await aws().reset();
    await local.stop();
  });
  return worldOf(aws, () => local);
}

/** Let a lease be as short as everything else, by a database that has no clock to scale. Its tables must be there. */
export async function scaleLease({ rows }: World, second: number): Promise<void> {
  await rows(`
    create function scale_lease() returns trigger language plpgsql as 'begin
      new.expires_at := clock_timestamp() + (new.expires_at - clock_timestamp()) * ${second / 1000}; return new; end';
    create trigger scale_lease before insert or update on schema_migrations_lease for each row execute function scale_lease()`);
}

/** One of its own, for tests that run at the same time. */
export async function startWorld({ second, ...options }: Omit<WorldOptions, 'once'>): Promise<World & AsyncDisposable> {
  const [aws, local] = await Promise.all([Aws.start({ second }), localOf(second, options)]);
  const stop = async () => {
    await aws.stop();
    await local.stop();
  };
  return Object.assign(
    worldOf(
      () => aws,
      () => local,
    ),
    { [Symbol.asyncDispose]: stop },
  );
}

function localOf(second: number | undefined, options: Parameters<typeof freshLocal>[0]): Promise<FreshLocal> {
  return freshLocal({ ...(second !== undefined && { clocks: { scale: second / 1000 } }), ...options });
}

function worldOf(aws: () => Aws, local: () => FreshLocal): World {
  const rows = async <T>(sql: string) => (await local().raw.query(sql)).rows as T[];
  return {
    get aws() {
      return aws();
    },
    get local() {
      return local();
    },
    stack: name => new DeployedStack(aws(), local(), name),
    rows,
    tables: async () => {
      const found = await rows<{ name: string }>(
        `select tablename as name from pg_tables where schemaname = 'public' and tablename !~ 'migrations(_|$)' order by 1`,
      );
      return found.map(({ name }) => name);
    },
    attempts: async (table = 'schema_migrations') => {
      const found = await rows<{ line: string }>(
        `select name || ' ' || status as line from ${table} where version <> '000' or version is null order by started_at, name, attempt`,
      );
      return found.map(({ line }) => line);
    },
  };
}
