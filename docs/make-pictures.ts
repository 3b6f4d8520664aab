import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { main } from '../lib/cli/index.ts';
import { startEmbedded } from '../lib/local/index.ts';
import { ansiToSvg } from './ansi-to-svg.ts';

// The pictures of the README, from what the command line really says: `npx tsx docs/make-pictures.ts`.

const WIDTH = 92;

const FILES = {
  '001_create_users.sql':
    '-- Description: Everybody who may sign in\n\nCREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL UNIQUE);\n',
  '002_add_names.sql': '-- Description: What people are called\n\nALTER TABLE users ADD COLUMN name text;\n',
  '003_name_index.sql':
    '-- Description: Found by name, without a lock\n\nCREATE INDEX CONCURRENTLY users_name ON users (name);\n',
};

const BROKEN = {
  '004_orders.sql':
    '-- Description: What people buy\n\nCREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint REFERENCES users);\nINSERT INTO orders (id, user_id)\n  SELECT id, user_id FROM carts;\n',
};

/** Each picture by its file. `url` is that of an empty database; the current folder is used, and left without migrations. */
export async function pictures(url: string): Promise<Map<string, string>> {
  const shots = new Map<string, string>();
  const target = ['--url', url];
  const shoot = async (file: string, line: string) => {
    const said = await capture([...line.split(' '), ...target]);
    const settled = said
      .replaceAll(/[\w.-]*(?:localhost|127\.0\.0\.1):\d+/g, 'localhost')
      .replaceAll(new URL(url).pathname.slice(1), 'app');
    shots.set(
      file,
      ansiToSvg(`\u001b[2m$\u001b[22m npx aurora-migrations ${line}\n${settled}`, `aurora-migrations ${line}`),
    );
  };
  try {
    write(FILES);
    await shoot('up.svg', 'up');
    write(BROKEN);
    await shoot('failure.svg', 'up');
    await settle(url);
    await shoot('status.svg', 'status');
    return shots;
  } finally {
    rmSync('sql', { recursive: true, force: true });
  }
}

/** Columns are as wide as their times. */
async function settle(url: string): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  await client.query('UPDATE schema_migrations SET execution_time_ms = 12');
  await client.end();
}

function write(files: Readonly<Record<string, string>>): void {
  mkdirSync('sql/migrations', { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(`sql/migrations/${name}`, text);
}

/** What a terminal would show, three minutes later, with times that do not differ from one making to the next. */
async function capture(argv: readonly string[]): Promise<string> {
  let written = '';
  const stream = { isTTY: true, columns: WIDTH, write: (text: string) => (written += text) };
  await main(argv, {
    stdout: stream,
    stderr: stream,
    // CI: nothing moves; FORCE_COLOR: and still it is coloured.
    env: { CI: '1', FORCE_COLOR: '1', USER: 'ada' },
    signal: new AbortController().signal,
    now: () => new Date(Date.now() + 185_000),
  });
  // Times of equal width, so that columns stay where they are.
  return written.replace(/\b\d+ Data API calls/g, '7 Data API calls').replace(/ *\b\d+(\.\d+)? (ms|s)\b/g, found => {
    const blank = /^ */.exec(found)![0].length;
    const text = '12 ms';
    return blank > 1 ? text.padStart(found.length) : `${' '.repeat(blank)}${text}`;
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const out = fileURLToPath(new URL('./pictures/', import.meta.url));
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'aurora-migrations-pictures-')));
  process.chdir(folder);
  const server = await startEmbedded({});
  try {
    mkdirSync(out, { recursive: true });
    for (const [file, svg] of await pictures(server.url)) writeFileSync(join(out, file), svg);
  } finally {
    await server.stop();
    process.chdir(tmpdir());
    rmSync(folder, { recursive: true, force: true });
  }
}
