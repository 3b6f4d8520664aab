import type { Found, Half, Line } from '../found.ts';
import { inNumericOrder } from '../pairs.ts';
import type { Reading, ToolFiles } from '../reading.ts';

const NAME = /^(\d+)[-_]?(.*?)(?:\.(up|down))?\.sql$/;
const UP = /^\s*--[\s-]*up\s+migration/i;
const DOWN = /^\s*--[\s-]*down\s+migration/i;

/** A prefix of 17 digits is a time in UTC, and stands between those in milliseconds. */
export const files: ToolFiles = {
  title: 'node-pg-migrate',
  form: '1704110400000_name.sql',
  order: 'number',
  read: reading => {
    const names = reading.top.flatMap(path => NAME.exec(path)?.[1] ?? []);
    const isMixed = names.some(version => version.length !== 17);
    const found = reading.top.flatMap(path => read(reading, path, isMixed));
    return inNumericOrder(reading, found);
  },
};

function read(reading: Reading, path: string, isMixed: boolean): Found[] {
  const [, prefix, title, part] = NAME.exec(path) ?? [];
  if (prefix === undefined || part === 'down') return [];
  const version = isMixed && prefix.length === 17 ? milliseconds(prefix) : prefix;
  const id = path.replace(/(?:\.up)?\.sql$/, '');
  if (part === 'up') {
    const down = `${id}.down.sql`;
    const half = (file: string): Half => ({ file, lines: reading.lines(file) });
    return [
      { version, title: title!, id, up: half(path), down: reading.paths.includes(down) ? half(down) : undefined },
    ];
  }
  const { up, down } = halves(reading.lines(path));
  return [{ version, title: title!, id, up: { file: path, lines: up }, down: down && { file: path, lines: down } }];
}

/** The first marker of each kind counts; they may come in any order. Without one of up, all before the one of down is up. */
function halves(lines: readonly Line[]): { readonly up: readonly Line[]; readonly down?: readonly Line[] } {
  const [up, down] = [UP, DOWN].map(marker => lines.findIndex(({ text }) => marker.test(text))) as [number, number];
  if (down < 0) return { up: up < 0 ? lines : lines.slice(up + 1) };
  if (up < 0) return { up: lines.slice(0, down), down: lines.slice(down + 1) };
  return {
    up: lines.slice(up + 1, down > up ? down : undefined),
    down: lines.slice(down + 1, up > down ? up : undefined),
  };
}

function milliseconds(prefix: string): string {
  const iso = prefix.replace(/^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d{3})$/, '$1-$2-$3T$4:$5:$6.$7Z');
  const time = Date.parse(iso);
  return Number.isNaN(time) ? prefix : String(time);
}
