import { MigrationError } from '../../core/errors.ts';
import type { Action } from '../questions.ts';

/** A part of a long answer, as the function gives it: Lambda takes 6 MB at most. */
interface Page {
  readonly dataApiCalls: number;
  /** Where the next part begins; null: this was the last one. */
  readonly next?: number | null;
  /** Of the whole: parts of two different ones do not belong together. */
  readonly digest?: string;
  readonly migrations?: readonly unknown[];
  readonly text?: string;
}

/** The whole answer: where the function says that there is more, it is asked again. */
export async function allPages(action: Action | 'read', once: (more: object) => Promise<unknown>): Promise<unknown> {
  const first = (await once({})) as Page;
  if (action !== 'status' && action !== 'dump' && action !== 'read') return first;
  let { migrations = [], text = '', dataApiCalls, next } = first;
  while (next != null) {
    const page = (await once({ from: next })) as Page;
    if (page.digest !== first.digest) throw changedMeanwhile(action);
    migrations = [...migrations, ...(page.migrations ?? [])];
    text += page.text ?? '';
    dataApiCalls += page.dataApiCalls;
    next = page.next;
  }
  const { next: _, digest: __, ...answer } = first;
  return { ...answer, ...(action === 'status' ? { migrations } : { text }), dataApiCalls };
}

function changedMeanwhile(action: Action | 'read'): MigrationError {
  return new MigrationError({
    code: 'changed-meanwhile',
    message: `What \`${action}\` tells has changed while it was read in parts`,
    remedy: 'Run the command again',
  });
}
