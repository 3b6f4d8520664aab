import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import pg from 'pg';
import { run } from '../cli/run.ts';
import { type FreshDatabase, freshDatabase } from '../support/postgresql.ts';

/** A database and a folder for one provocation. The current folder is that of the test file. */
export class Stage {
  readonly database: FreshDatabase;

  private constructor(database: FreshDatabase) {
    this.database = database;
  }

  /** Over a database that is somebody else's. */
  static over(url: string): Stage {
    const name = decodeURIComponent(new URL(url).pathname.slice(1));
    return new Stage({ name, url, drop: async () => {}, [Symbol.asyncDispose]: async () => {} });
  }

  static async make(files: Readonly<Record<string, string>>): Promise<Stage> {
    const stage = new Stage(await freshDatabase());
    stage.clear();
    stage.write(files);
    return stage;
  }

  /** Take all migrations away. */
  clear(): void {
    rmSync('sql', { recursive: true, force: true });
  }

  write(files: Readonly<Record<string, string>>): void {
    mkdirSync('sql/migrations', { recursive: true });
    for (const [name, text] of Object.entries(files)) writeFileSync(`sql/migrations/${name}`, text);
  }

  async sql<T>(text: string): Promise<T[]> {
    const client = new pg.Client(this.database.url);
    await client.connect();
    try {
      return (await client.query(text)).rows as T[];
    } finally {
      await client.end();
    }
  }

  /** What the command line says, as in a shell. */
  async cli(line: string): Promise<string> {
    const target = /^(check|new)\b/.test(line) ? [] : ['--url', this.database.url];
    const { stdout, stderr } = await run([...line.split(' '), ...target], {
      columns: 100,
      env: { NO_COLOR: '1', CI: '1' },
    });
    return settled(stdout + stderr, this.database);
  }
}

/** What differs from run to run has one value in the documents. */
export function settled(text: string, { name, url }: Pick<FreshDatabase, 'name' | 'url'>): string {
  return (
    text
      .replaceAll(new URL(url).host, 'localhost:5432')
      .replaceAll(name, 'app')
      // What waits asks again and again: how often depends on the time.
      .replace(/\b\d\d+ Data API calls/g, '… Data API calls')
      .replace(/held by process \d+/g, 'held by process 4711')
      .replace(/\b\d+(\.\d+)? (ms|s)\b/g, '12 ms')
      .replace(/ {2,}(?=12 ms)/g, '  ')
      .replace(/[ \t]+$/gm, '')
      .trim()
  );
}
