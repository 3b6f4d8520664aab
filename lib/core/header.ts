/** What the comments at the head of a file say of it. Null where they are silent. */
export interface Header {
  readonly migration: string | null;
  readonly description: string | null;
  readonly created: string | null;
}

const LINE = /^--[ \t]*(Migration|Description|Created)[ \t]*:[ \t]*(.*?)[ \t]*$/i;

/** Read `-- Migration:`, `-- Description:` and `-- Created:` from comments, in the order of the file; the first of each kind counts. */
export function readHeader(comments: Iterable<string>): Header {
  const found: { migration: string | null; description: string | null; created: string | null } = {
    migration: null,
    description: null,
    created: null,
  };
  for (const comment of comments) {
    const [, word, value] = LINE.exec(comment) ?? [];
    if (!word || !value) continue;
    const key = word.toLowerCase() as keyof Header;
    found[key] ??= value;
  }
  return found;
}
