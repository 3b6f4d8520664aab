import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BENCH, SST_FOLDER, WORK } from './folders.ts';

/** SST's package, as published. Its dependencies would be a few hundred packages; the function in it is bundled and needs none. */
const SST = {
  spec: 'sst@2.49.8',
  integrity: 'sha512-4F8Jno4MOwFaFNLD0K501h3H65mFO3x2i7jIoyZgoXkLEoEhmKQFCOToJUW55E7gNVQNfWCuZRovNtn/iizJ3g==',
};

/** Install the other tools where they are not yet. No package's own script is run. */
export function install(say: (line: string) => void): void {
  const lock = join(BENCH, 'node_modules', '.package-lock.json');
  if (!existsSync(lock) || readFileSync(join(WORK, 'lock'), { encoding: 'utf8', flag: 'a+' }) !== lockSum()) {
    say('installing the other tools …');
    npm('ci', '--ignore-scripts', '--no-audit', '--no-fund');
    writeFileSync(join(WORK, 'lock'), lockSum());
  }
  if (!existsSync(join(SST_FOLDER, 'index.mjs'))) {
    say(`fetching ${SST.spec} …`);
    fetchSst();
  }
}

function fetchSst(): void {
  const [packed] = JSON.parse(npm('pack', SST.spec, '--json', '--ignore-scripts', '--pack-destination', WORK)) as {
    filename: string;
  }[];
  const archive = join(WORK, packed!.filename);
  const integrity = `sha512-${createHash('sha512').update(readFileSync(archive)).digest('base64')}`;
  if (integrity !== SST.integrity) throw new Error(`${SST.spec} is not the package that was measured: ${integrity}`);
  mkdirSync(SST_FOLDER, { recursive: true });
  execFileSync('tar', ['xzf', archive, '-C', SST_FOLDER, '--strip-components=3', 'package/support/rds-migrator']);
  rmSync(archive);
}

function lockSum(): string {
  return createHash('sha256')
    .update(readFileSync(join(BENCH, 'package-lock.json')))
    .digest('hex');
}

function npm(...args: string[]): string {
  return execFileSync('npm', args, { cwd: BENCH, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}
