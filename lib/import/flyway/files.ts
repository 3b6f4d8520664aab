import { compareVersions } from '../../core/order.ts';
import type { Found, Half } from '../found.ts';
import { crc32 } from '../hashes.ts';
import { joinDotted } from '../naming.ts';
import { fillIn } from '../placeholders.ts';
import type { Reading, ToolFiles } from '../reading.ts';
import { byCodeUnit } from '../tree.ts';

const NAME = /^(?:.*\/)?([VUBR])(.*?)__(.*)\.sql$/i;
const CALLBACK = /^(?:.*\/)?(?:before|after|create)[A-Za-z]*(?:__.*)?\.sql$/;
const PLACEHOLDER = /\$\{([^}:\s]+)\}|\$\{[^}]*\}/g;
const WITHOUT_TRANSACTION = /^\s*executeInTransaction\s*=\s*false\s*$/m;
const LITERAL = /^\s*placeholderReplacement\s*=\s*false\s*$/m;
const CONDITION = /^\s*shouldExecute\s*=/m;

interface Versioned {
  readonly parts: readonly string[];
  readonly id: string;
  readonly title: string;
  readonly half: Half;
  readonly details: readonly string[];
}

/** Versions are compared part by part, as numbers; repeatable migrations come after them, by their descriptions. */
export const files: ToolFiles = {
  title: 'Flyway',
  form: 'V1__name.sql, R__name.sql',
  order: 'number',
  read: reading => {
    const versioned: Versioned[] = [];
    const undo = new Map<string, Half>();
    const repeatable: Found[] = [];
    for (const path of reading.paths) {
      const [, kind, written = '', title = ''] = NAME.exec(path) ?? [];
      const prefix = kind?.toUpperCase();
      if (prefix === undefined || (prefix !== 'R' && !/^\d[\d._]*$/.test(written))) other(reading, path);
      else if (prefix === 'B')
        reading.leaveOut(path, 'a baseline migration: it stands for those before it, which are imported');
      else if (prefix === 'R') repeatable.push(readRepeatable(reading, path, title));
      else {
        const id = written.replaceAll('_', '.').replace(/\.+$/, '');
        const half = read(reading, path);
        if (prefix === 'U') undo.set(keyOf(id), half);
        else versioned.push({ parts: id.split('.'), id, title, half, details: [checksum(reading, path)] });
      }
    }
    return [...inOrder(reading, versioned, undo), ...repeatable.sort((a, b) => byCodeUnit(a.title, b.title))];
  },
};

function inOrder(reading: Reading, versioned: readonly Versioned[], undo: Map<string, Half>): Found[] {
  const isDotted = versioned.some(({ parts }) => parts.length > 1);
  const joined = joinDotted(versioned.map(({ parts }) => parts));
  const found = versioned.map(({ id, title, half, details }, at): Found => {
    const down = undo.get(keyOf(id));
    undo.delete(keyOf(id));
    return { version: isDotted ? joined[at]! : id, title, id, details, up: half, down };
  });
  for (const { file } of undo.values()) reading.leaveOut(file, 'undoes a version that has no file');
  const sorted = found.sort((a, b) => compareVersions(a.version!, b.version!));
  for (const [at, { version, up, id }] of sorted.entries()) {
    const before = sorted[at - 1];
    if (before && compareVersions(before.version!, version!) === 0)
      reading.cannotCarry('not-importable', up.file, 1, `${before.up.file} has the same version, ${id}`);
  }
  return sorted;
}

/** 01 is 1, and 1.0 too. */
function keyOf(id: string): string {
  return id
    .split('.')
    .map(part => String(BigInt(part)))
    .join('.')
    .replace(/(?:\.0)+$/, '');
}

function readRepeatable(reading: Reading, path: string, title: string): Found {
  const base = path.slice(path.lastIndexOf('/') + 1);
  const details = [checksum(reading, path)];
  return { version: null, title, id: base, details, up: read(reading, path), isRepeatable: true };
}

function read(reading: Reading, path: string): Half {
  const conf = reading.tree.paths.find(other => other.toLowerCase() === `${path}.conf`.toLowerCase());
  const settings = conf === undefined ? '' : reading.text(conf);
  if (CONDITION.test(settings))
    reading.cannotCarry('not-importable', conf!, 1, '"shouldExecute" decides when the migration runs');
  const lines = reading.lines(path);
  return {
    file: path,
    lines: LITERAL.test(settings) ? lines : fillIn(reading, path, lines, PLACEHOLDER),
    isNonTransactional: WITHOUT_TRANSACTION.test(settings),
  };
}

/** Files that are no migrations: callbacks run at events that do not exist here. */
function other(reading: Reading, path: string): void {
  if (CALLBACK.test(path))
    reading.cannotCarry(
      'not-importable',
      path,
      1,
      'The file is a callback of Flyway, which runs beside the migrations',
      `Make its statements part of a migration, and leave the file out with --skip "${path}"`,
    );
}

/** As Flyway computes it: over the lines without their ends. */
function checksum(reading: Reading, path: string): string {
  const text = reading.tree
    .bytes(path)
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .replace(/\r\n|\r|\n/g, '');
  return String(crc32(Buffer.from(text, 'utf8')));
}
