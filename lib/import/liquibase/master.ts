import { posix } from 'node:path';
import type { Reading } from '../reading.ts';

/** A file of a changelog: where it lies, and as what Liquibase records it. */
export interface Included {
  readonly path: string;
  readonly name: string;
}

interface Entry {
  readonly kind: string;
  readonly line: number;
  readonly values: Readonly<Record<string, string>>;
}

/** The files that a master changelog includes, in its order. A file of formatted SQL includes itself alone. */
export function readMaster(reading: Reading, master: string): Included[] {
  if (master.endsWith('.sql')) return [{ path: master, name: master }];
  const entries = readEntries(reading.text(master), master);
  return entries.flatMap(({ kind, line, values }) => {
    const named = values[kind === 'include' ? 'file' : 'path'];
    if (kind === 'property' && values.name !== undefined) {
      reading.settings.define(values.name, values.value ?? '');
      return [];
    }
    if ((kind !== 'include' && kind !== 'includeAll') || named === undefined) {
      reading.cannotCarry(
        'not-importable',
        master,
        line,
        `"${kind}" in a master changelog cannot be imported: only files of formatted SQL can`,
      );
      return [];
    }
    const isRelative = values.relativeToChangelogFile === 'true';
    const found = kind === 'include' ? fileNamed(reading, named) : filesBelow(reading, named);
    if (found.length === 0)
      reading.cannotCarry('not-importable', master, line, `It includes ${named}, which is not there`);
    return found.map(path => ({ path, name: isRelative ? path : recordedAs(named, kind, path) }));
  });
}

function recordedAs(named: string, kind: string, path: string): string {
  const plain = named.replace(/^classpath:\/*/, '').replace(/^\.?\//, '');
  return kind === 'include' ? plain : posix.join(plain, path.slice(path.lastIndexOf('/') + 1));
}

/** A path is written from the root of the project, or from the changelog: the beginning that is not there is taken away. */
function fileNamed({ paths }: Reading, named: string): string[] {
  const parts = posix.normalize(named.replace(/^classpath:\/*/, '')).split('/');
  for (let from = 0; from < parts.length; from++) {
    const path = parts.slice(from).join('/');
    if (paths.includes(path)) return [path];
  }
  return [];
}

function filesBelow({ paths }: Reading, named: string): string[] {
  const parts = posix
    .normalize(named.replace(/^classpath:\/*/, ''))
    .replace(/\/$/, '')
    .split('/');
  for (let from = 0; from < parts.length; from++) {
    const folder = parts.slice(from).join('/');
    const found = paths.filter(path => path.startsWith(`${folder}/`));
    if (found.length > 0) return found;
  }
  return [];
}

function readEntries(text: string, master: string): Entry[] {
  if (master.endsWith('.xml')) return xmlEntries(text);
  if (master.endsWith('.json')) return jsonEntries(text);
  return yamlEntries(text);
}

const lineOf = (text: string, offset: number) => text.slice(0, offset).split('\n').length;

/** The elements of a changelog, one level deep: what is in a changeset is no concern, for it is refused. */
function xmlEntries(text: string): Entry[] {
  const blank = text.replace(/<!--[\s\S]*?-->|<\?[\s\S]*?\?>/g, comment => comment.replace(/[^\n]/g, ' '));
  const entries: Entry[] = [];
  const inside = blank.replace(
    /<changeSet\b[\s\S]*?<\/changeSet>/g,
    element => element.slice(0, 10) + element.slice(10).replace(/[^\n]/g, ' '),
  );
  for (const match of inside.matchAll(/<(\w+)((?:\s+[\w:]+\s*=\s*"[^"]*")*)/g)) {
    const [, kind = '', attributes = ''] = match;
    if (kind === 'databaseChangeLog') continue;
    const values = Object.fromEntries(
      [...attributes.matchAll(/([\w:]+)\s*=\s*"([^"]*)"/g)].map(([, key, value]) => [key!, value!]),
    );
    entries.push({ kind, line: lineOf(text, match.index), values });
  }
  return entries;
}

function jsonEntries(text: string): Entry[] {
  const { databaseChangeLog = [] } = JSON.parse(text) as { databaseChangeLog?: readonly Record<string, object>[] };
  return databaseChangeLog.flatMap(entry =>
    Object.entries(entry).map(([kind, values]) => ({
      kind,
      line: 1,
      values: Object.fromEntries(Object.entries(values).map(([key, value]) => [key, String(value)])),
    })),
  );
}

/** The part of YAML that a list of files needs: `- include:` with `file: …` below it. */
function yamlEntries(text: string): Entry[] {
  const entries: { kind: string; line: number; values: Record<string, string> }[] = [];
  for (const [at, line] of text.split('\n').entries()) {
    const [, kind, rest = ''] = /^\s*-\s*(\w+):\s*(.*?)\s*$/.exec(line) ?? [];
    const [, key, value = ''] = /^\s+(\w+):\s*["']?(.*?)["']?\s*$/.exec(line) ?? [];
    if (kind !== undefined) {
      const inline = [...rest.matchAll(/(\w+):\s*["']?([^,"'}]+?)["']?\s*(?=[,}])/g)].map(([, name, said]) => [
        name!,
        said!,
      ]);
      entries.push({ kind, line: at + 1, values: Object.fromEntries(inline) });
    } else if (key !== undefined && entries.length > 0) entries.at(-1)!.values[key] = value;
  }
  return entries;
}
