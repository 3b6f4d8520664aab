import pg from 'pg';
import { type Assembly, type Files, synthesize } from '../deploy/assembly.ts';
import { Aws } from '../deploy/aws.ts';
import { DeployedStack } from '../deploy/stack.ts';
import { bench } from '../support/migrations.ts';
import { freshLocal } from '../support/postgresql.ts';
import { Stage, settled } from './provoke.ts';

const USERS = { '001_users.sql': 'CREATE TABLE users (id int PRIMARY KEY, email text);\n' };

/** Make each failure happen, and give back what a person sees of it: the blocks of `docs/failure.md`, by the name behind their language. */
export const PROVOCATIONS: Readonly<Record<string, () => Promise<string>>> = {
  'does-not-compile': () =>
    cli(
      {
        ...USERS,
        '002_orders.sql': 'CREATE TABLE orders (\n  id int,,\n  user_id int\n);\n',
        'notes.sql': '-- none\n',
      },
      'check',
    ),

  mixed: () =>
    cli(
      {
        ...USERS,
        '002_index.sql': 'ALTER TABLE users ADD name text;\nCREATE INDEX CONCURRENTLY users_name ON users (name);\n',
      },
      'check',
    ),

  'statement-failed': () =>
    cli(
      {
        ...USERS,
        '002_orders.sql':
          'CREATE TABLE orders (id int);\nINSERT INTO orders (id)\n  SELECT id FROM userz;\nCREATE INDEX ON orders (id);\n',
      },
      'up',
    ),

  'deploy-failed': () =>
    deployed(async ({ stack }) => {
      await stack.create(users());
      const { responses } = await stack.update(
        synthesize({
          ...USERS,
          '002_name.sql': 'ALTER TABLE users ADD name text;\n',
          '003_orders.sql': 'CREATE TABLE orders (id int);\nINSERT INTO orders (id)\n  SELECT id FROM userz;\n',
        }),
      );
      return responses[0]!.Reason;
    }),

  'rolled-back': () =>
    deployed(async ({ stack }) => {
      await stack.create(users());
      const { responses } = await stack.update(
        synthesize({ ...USERS, '002_orders.sql': 'CREATE TABLE orders (id int);\n' }),
        { laterFails: true },
      );
      return JSON.stringify(responses.at(-1)!.Data, null, 2);
    }),

  'lock-timeout': async () => {
    const stage = await Stage.make({ ...USERS, '002_name.sql': 'ALTER TABLE users ADD name text;\n' });
    await stage.sql('create table if not exists users (id int)');
    const holder = new pg.Client(stage.database.url);
    await holder.connect();
    try {
      await holder.query('begin');
      await holder.query('lock table users');
      stage.write({ '001_users.sql': 'SELECT 1;\n' });
      // How often it says so, and what it is at every five seconds, depends on the machine.
      const said = (await stage.cli('up --lock-timeout 50ms')).replace(/^… 002_name is at work.*\n/gm, '');
      return said.replace(/(^… waiting: .*\n)\1+/gm, '$1');
    } finally {
      await holder.end();
      await stage.database.drop();
    }
  },

  'stepwise-failed': async () => {
    const stage = await Stage.make({ '001_users.sql': 'CREATE TABLE users (id int, email text);\n' });
    await stage.cli('up');
    await stage.sql(`insert into users values (1, 'a@b.c'), (2, 'a@b.c')`);
    stage.write({
      '002_email.sql':
        '-- migrate:up transaction:false\nCREATE INDEX CONCURRENTLY users_id ON users (id);\nCREATE UNIQUE INDEX CONCURRENTLY users_email ON users (email);\n',
    });
    return finish(stage, await stage.cli('up'));
  },

  'edited-half-done': async () => {
    const stage = await Stage.make({ '001_users.sql': 'CREATE TABLE users (id int, email text);\n' });
    const head = '-- migrate:up transaction:false\n';
    const index = 'CREATE INDEX CONCURRENTLY users_id ON users (id);\n';
    stage.write({ '002_email.sql': `${head}${index}SELECT 1 / 0;\n` });
    await stage.cli('up');
    stage.write({ '002_email.sql': `${head}${index.replace('users_id', 'users_by_id')}SELECT 1;\n` });
    return finish(stage, await stage.cli('up'));
  },

  'unknown-outcome': async () => {
    const made = await bench();
    made.local.faults.add({ fault: 'reset', when: 'after', pattern: '^/\\* aurora-migrations .*DO \\$\\$' });
    const files = {
      '001_log': 'CREATE TABLE log (n int);\n',
      '002_fill': '-- migrate:up transaction:false\nDO $$ BEGIN INSERT INTO log VALUES (1); COMMIT; END $$;\n',
    };
    await made.up(files);
    const stage = Stage.over(made.url);
    stage.clear();
    stage.write({ '001_log.sql': files['001_log'], '002_fill.sql': files['002_fill'] });
    const said = await stage.cli('up');
    await made.stop();
    return said;
  },

  changed: async () => {
    const stage = await Stage.make({
      ...USERS,
      '002_fill.sql': "INSERT INTO users VALUES (1, 'a@b.c');\n",
      '003_name.sql': 'ALTER TABLE users ADD name text;\n',
    });
    await stage.cli('up');
    stage.write({
      '001_users.sql': 'CREATE TABLE IF NOT EXISTS users (id int PRIMARY KEY, email text);\n',
      '002_fill.sql': "INSERT INTO users VALUES (2, 'a@b.c');\n",
    });
    return finish(stage, await stage.cli('up'));
  },

  'out-of-order': async () => {
    const stage = await Stage.make({ '001_users.sql': 'SELECT 1;\n', '003_orders.sql': 'SELECT 1;\n' });
    await stage.cli('up');
    stage.write({ '002_names.sql': 'SELECT 1;\n' });
    return finish(stage, `${await stage.cli('up --out-of-order fail')}\n\n${await stage.cli('plan')}`);
  },

  ahead: async () => {
    const stage = await Stage.make({ ...USERS, '002_orders.sql': 'CREATE TABLE orders (id int);\n' });
    await stage.cli('up');
    stage.clear();
    stage.write(USERS);
    return finish(stage, await stage.cli('up'));
  },

  'foreign-table': async () => {
    const stage = await Stage.make(USERS);
    await stage.sql('create table schema_migrations (version varchar(255) primary key)');
    return finish(stage, await stage.cli('up'));
  },

  'lease-held': async () => {
    const made = await bench();
    try {
      await made.up({ '001_log': 'CREATE TABLE log (n int);\n' });
      await made.raw.query(
        `update schema_migrations_lease set run_id = 'other', requested_by = 'cli:grace', expires_at = now() + interval '1 hour' where id = 'lease'`,
      );
      const { problems } = await made.up(
        { '001_log': 'CREATE TABLE log (n int);\n', '002_x': 'SELECT 1;\n' },
        { budgetMs: 0 },
      );
      return problems.map(({ message, remedy }) => `${message}. ${remedy}.`).join('\n');
    } finally {
      await made.stop();
    }
  },

  interrupted: async () => {
    const made = await bench();
    const stop = new AbortController();
    try {
      const { problems } = await made.up(
        { '001_first': 'SELECT 1;\n', '002_second': 'SELECT 1;\n' },
        { signal: stop.signal, on: ({ event }) => event === 'applied' && stop.abort() },
      );
      return problems.map(({ message, remedy }) => `${message}. ${remedy}.`).join('\n');
    } finally {
      await made.stop();
    }
  },

  'no-right': async () => {
    const stage = await Stage.make(USERS);
    await stage.cli('up');
    const role = `reader_${process.pid}`;
    await stage.sql(`create role ${role} login password 'x'; grant usage on schema public to ${role}`);
    const url = new URL(stage.database.url);
    url.username = role;
    url.password = 'x';
    const said = await Stage.over(url.href).cli('up');
    await stage.sql(`revoke usage on schema public from ${role}; drop role ${role}`);
    return finish(stage, said);
  },

  'no-server': async () => {
    const stage = Stage.over('postgres://localhost:5432/app');
    stage.clear();
    stage.write(USERS);
    // A port at which nobody listens.
    return (await Stage.over('postgres://localhost:1/app').cli('up')).replace('127.0.0.1:1', '127.0.0.1:5432');
  },

  'no-data-api': () => refusedBy('endpoint-disabled'),
  'not-allowed': () => refusedBy('forbidden'),
  'no-secret': () => refusedBy('no-secret'),

  paused: () =>
    deployed(async ({ stack, local }) => {
      local.faults.add({ fault: 'resuming', milliseconds: 900 });
      await stack.create(users());
      const line = stack.hook.log.find(entry => JSON.stringify(entry).includes('"waiting"'));
      const { level, message, event } = line as unknown as Record<string, string>;
      return JSON.stringify({ level, message, event });
    }),

  'no-dbname': () =>
    deployed(
      async ({ stack, local }) =>
        reasonOf(await stack.create(synthesize(USERS, { cluster: local.resourceArn, secret: local.secretArn }))),
      { secretWithout: ['dbname'] },
    ),

  'old-manifest': () =>
    deployed(async ({ stack }) => {
      const assembly = users();
      const Resources = Object.fromEntries(
        Object.entries(assembly.template.Resources).map(([id, one]) => [
          id,
          'Digest' in one.Properties ? { ...one, Properties: { ...one.Properties, Digest: '0'.repeat(64) } } : one,
        ]),
      );
      return reasonOf(await stack.create({ ...assembly, template: { Resources } })).replace(
        /migrations [0-9a-f]{12}/,
        'migrations 7d0f6c1e9b2a',
      );
    }, SCALED),

  'wrong-request': () =>
    standing(async ({ stack }) => {
      const answers = [];
      for (const request of [{ action: 'stauts' }, { action: 'history', limit: '5' }])
        answers.push(((await stack.hook.act(request)).value as { errorMessage: string }).errorMessage);
      return answers.join('\n');
    }),

  'other-hook': () =>
    deployed(async ({ stack, another }) => {
      await stack.create(users());
      const theirs: Files = { '001_users.sql': 'CREATE TABLE people (id int);\n' };
      return reasonOf(await another().create(synthesize(theirs)));
    }),
};

let made: Assembly | undefined;

/** Synthesized once. */
function users(): Assembly {
  made ??= synthesize(USERS);
  return made;
}

interface Deployment {
  readonly stack: DeployedStack;
  readonly local: Awaited<ReturnType<typeof freshLocal>>;
  another(): DeployedStack;
}

/** A second takes ten milliseconds, where a deploy waits. */
const SCALED = { second: 10 };

/** For all other deploys: CDK's framework stays warm. */
let deploys: Promise<Aws> | undefined;

/** A deploy without AWS, over a database of its own. */
async function deployed(
  work: (world: Deployment) => Promise<string>,
  { second, ...options }: NonNullable<Parameters<typeof freshLocal>[0]> & { readonly second?: number } = {},
): Promise<string> {
  if (second === undefined) deploys ??= Aws.start();
  const aws = await (second === undefined ? deploys! : Aws.start({ second }));
  const local = await freshLocal(options);
  try {
    const stack = new DeployedStack(aws, local, 'app');
    const said = await work({ stack, local, another: () => new DeployedStack(aws, local, 'other') });
    return short(settled(said, { name: local.database, url: local.postgresUrl }));
  } finally {
    await (second === undefined ? aws.reset() : aws.stop());
    await local.stop();
  }
}

/** Folders of this machine, names of functions. */
function short(text: string): string {
  return text.replace(/[\w./-]*migrations-\d+\//g, 'sql/migrations/');
}

function reasonOf({ responses }: { responses: readonly { Reason: string }[] }): string {
  return responses[0]!.Reason;
}

function refusedBy(fault: 'endpoint-disabled' | 'forbidden' | 'no-secret'): Promise<string> {
  return standing(async ({ stack, local }) => {
    local.faults.add({ fault, times: 0 });
    const said = (await stack.hook.act({ action: 'status' })).value as { errorMessage: string };
    local.faults.clear();
    return said.errorMessage;
  });
}

let stands: Promise<Deployment & { readonly aws: Aws }> | undefined;

/** On a stack that is deployed once: for what leaves it as it was. */
async function standing(work: (world: Deployment) => Promise<string>): Promise<string> {
  stands ??= (async () => {
    const aws = await Aws.start();
    const local = await freshLocal();
    const stack = new DeployedStack(aws, local, 'app');
    await stack.create(users());
    return { aws, local, stack, another: () => stack };
  })();
  const world = await stands;
  return short(settled(await work(world), { name: world.local.database, url: world.local.postgresUrl }));
}

/** Take away what stands. */
export async function endStanding(): Promise<void> {
  await (await deploys)?.stop();
  if (!stands) return;
  const { aws, local } = await stands;
  await aws.reset();
  await aws.stop();
  await local.stop();
}

async function cli(files: Readonly<Record<string, string>>, line: string): Promise<string> {
  const stage = await Stage.make(files);
  return finish(stage, await stage.cli(line));
}

async function finish(stage: Stage, said: string): Promise<string> {
  await stage.database.drop();
  return said;
}
