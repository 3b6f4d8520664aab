import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from '../../lib/cli/arguments.ts';
import { COMMANDS } from '../../lib/cli/index.ts';
import { compile } from '../../lib/compile/index.ts';
import { AuroraMigrations } from '../cdk/built.ts';
import { sources } from '../house/source.ts';
import { BUILT_CLI } from '../support/built.ts';
import { freshDatabase } from '../support/postgresql.ts';
import { type Block, blocks, codes, document, ROOT, rows, section } from './markdown.ts';

const DOCUMENTS = [
  'README.md',
  'FORMAT.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'CHANGELOG.md',
  'examples/README.md',
  'docs/failure.md',
  'docs/messages.md',
  'docs/coming-from.md',
  'docs/fidelity.md',
];

/** How the scripts of package.json begin that are the command line. */
const FROM_SOURCES = 'node --import tsx bin/migrate.ts';

const README = document('README.md');
const all = blocks(README);
const shell = all.filter(({ language }) => language === 'sh');

const root = realpathSync(mkdtempSync(join(tmpdir(), 'aurora-migrations-readme-')));
const user = join(root, 'user');
const clone = join(root, 'clone');

beforeAll(() => {
  // The tool as `npx` finds it in an app that has it installed.
  const tool = join(user, 'node_modules/.bin/aurora-migrations');
  mkdirSync(dirname(tool), { recursive: true });
  writeFileSync(tool, `#!/bin/sh\nexec '${process.execPath}' '${BUILT_CLI}' "$@"\n`);
  chmodSync(tool, 0o755);
  writeFileSync(join(user, 'package.json'), '{"private": true}');
  cpSync(join(ROOT, 'sql'), join(clone, 'sql'), { recursive: true });
});

afterAll(() => rmSync(root, { recursive: true, force: true }));

const { scripts } = JSON.parse(document('package.json')) as { scripts: Record<string, string> };

/**
 * What `npm run NAME` does in a clone, with the command line as it is built: from the sources, as `.ci/run` starts it, each start takes seconds.
 * `npm ci` is left to `.ci/run` too: here everything is installed.
 */
const npm = [
  'npm() { case "$*" in',
  'ci) echo "npm ci: done";;',
  ...Object.entries(scripts)
    .filter(([, script]) => script.startsWith(FROM_SOURCES))
    .map(
      ([name, script]) => `"run ${name}") ${script.replace(FROM_SOURCES, `'${process.execPath}' '${BUILT_CLI}'`)};;`,
    ),
  '*) echo "not run by this test: npm $*" >&2; return 1;;',
  'esac; }\n',
].join('\n');

/** Run a block as a user would. */
function sh(text: string, cwd: string, env: Record<string, string> = {}): string {
  return execFileSync('bash', ['-euo', 'pipefail', '-c', npm + text], {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NO_COLOR: '1', npm_config_offline: 'true', npm_config_update_notifier: 'false', ...env },
  });
}

describe('README.md, commands', () => {
  test('each block is run here, or says where it is run, or that it needs an account', () => {
    const how = (info: string) => shell.filter(block => block.info === info).length;
    expect(shell.map(({ info }) => info).filter(info => !['', 'repository', 'packed', 'aws'].includes(info))).toEqual(
      [],
    );
    expect({ here: how(''), clone: how('repository'), packed: how('packed'), aws: how('aws') }).toEqual({
      here: 1,
      clone: 1,
      // Run by test/cdk/packed.test.ts, which packs, installs and synthesizes.
      packed: 1,
      // Not run: nothing here has met AWS.
      aws: 2,
    });
    expect(existsSync(`${ROOT}test/cdk/packed.test.ts`)).toBe(true);
  });

  test('in a clone: the sample is migrated', async () => {
    // On a server instead of the embedded one, which other tests start, and .ci/run.
    await using database = await freshDatabase();
    const said = sh(only('repository').text, clone, { AURORA_MIGRATIONS_URL: database.url });
    expect(said).toMatch(/\d+ applied in/);
    expect(said).toContain('003_add_user_preferences');
  }, 120_000);

  test('in an app: a migration is made, checked and applied', async () => {
    await using database = await freshDatabase();
    const [first, ...rest] = only('').text.trim().split('\n');
    expect(sh(first!, user).trim()).toBe('sql/migrations/001_create_users.sql');
    const example = all.find(({ language, info }) => language === 'sql' && info === '001_create_users.sql')!;
    writeFileSync(join(user, 'sql/migrations/001_create_users.sql'), example.text);
    const said = sh(rest.join('\n'), user, { AURORA_MIGRATIONS_URL: database.url });
    expect(said).toContain('1 migration, no problems');
    expect(said).toContain('✓  001_create_users');
  }, 120_000);

  function only(info: string): Block {
    return shell.find(block => block.info === info)!;
  }
});

describe('README.md, the rest', () => {
  test('its migrations compile together', async () => {
    const dir = join(root, 'examples');
    mkdirSync(dir);
    for (const { info, text } of all.filter(({ language }) => language === 'sql')) writeFileSync(join(dir, info), text);
    expect(await compile({ dir, engine: 'postgresql' })).toMatchObject({ errors: [], warnings: [] });
  });

  test('every option of the construct is in the table, and no other', () => {
    const [props] = sources('lib/cdk').filter(({ path }) => path.endsWith('props.ts'));
    const options = [...props!.code.matchAll(/^ {2}readonly (\w+)\??:/gm)].map(([, name]) => name!);
    expect(
      rows(section(README, 'In your CDK app'))
        .flatMap(([option]) => codes(option))
        .toSorted(),
    ).toEqual(options.toSorted());
    for (const member of ['latest', 'applied', 'pending', 'before', 'grantInvoke'])
      expect(Object.getOwnPropertyNames(AuroraMigrations.prototype)).toContain(member);
  });

  // In the list of messages, numbers are `…` too.
  const withLines = DOCUMENTS.filter(path => path !== 'docs/messages.md');
  test.each(withLines)('every command line in %s can be given', path => {
    // What was said on a terminal is wrapped there.
    const text = document(path).replace(/^```text[\s\S]*?^```$/gm, '');
    const lines = [...text.matchAll(/(?:^|[`\s])aurora-migrations ([a-z][^`\n]*)/gm)]
      .map(([, line]) => line!)
      // A command, not prose that goes on behind the name.
      .filter(line => COMMANDS.some(({ name }) => line.split(' ')[0] === name) && !/[:,]$/.test(line.split(' ')[0]!));
    for (const line of lines) {
      const words = [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain!);
      expect(() => parse(words, COMMANDS, {}), line).not.toThrow();
    }
    if (path === 'README.md') expect(lines.length).toBeGreaterThan(5);
  });

  test.each(DOCUMENTS)('every link in %s leads somewhere', path => {
    const text = document(path).replace(/^```[\s\S]*?^```$/gm, '');
    const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, link]) => link!)
      .filter(link => !/^https?:/.test(link));
    expect(links.filter(link => !leads(path, link))).toEqual([]);
  });
});

function leads(from: string, link: string): boolean {
  const [file = '', anchor] = link.split('#');
  const path = file === '' ? from : join(dirname(from), file);
  if (!existsSync(ROOT + path)) return false;
  if (!anchor) return true;
  const headings = [...document(path).matchAll(/^#+ (.+)$/gm)].map(([, title]) => slug(title!));
  return headings.includes(anchor);
}

/** As GitHub makes anchors of headings. */
function slug(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^\w\s-]/g, '')
    .trim()
    .replaceAll(' ', '-');
}
