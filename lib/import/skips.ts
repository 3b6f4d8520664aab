/** What `--skip` names: paths in the source, names of files, patterns with `*`, or ids of the other tool. */
export interface Skips {
  has(path: string): boolean;
  /** Those that have named nothing. */
  unused(): readonly string[];
  /** All that they have named. */
  readonly named: ReadonlySet<string>;
}

/** `display` is what stands before a path in messages: who copies it from there names the same file. */
export function skips(patterns: readonly string[], display: string): Skips {
  const used = new Set<string>();
  const named = new Set<string>();
  const tests = patterns.map(pattern => ({ pattern, matches: matcher(pattern) }));
  return {
    named,
    unused: () => patterns.filter(pattern => !used.has(pattern)),
    has(path) {
      const base = path.slice(path.lastIndexOf('/') + 1);
      const found = tests.filter(({ matches }) => matches(path) || matches(base) || matches(display + path));
      for (const { pattern } of found) used.add(pattern);
      if (found.length > 0) named.add(path);
      return found.length > 0;
    },
  };
}

function matcher(pattern: string): (text: string) => boolean {
  const plain = pattern.replace(/^\.\//, '');
  if (!plain.includes('*')) return text => text === pattern || text === plain;
  const source = plain.split('*').map(part => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  const regex = new RegExp(`^${source.join('.*')}$`);
  return text => regex.test(text);
}
