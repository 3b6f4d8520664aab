import { compareBytes, type SchemaObject } from './schema.ts';

/** An object before it has its place: with a key, and the keys of what must be there before it. */
export interface Unordered extends SchemaObject {
  readonly key: string;
  readonly needs: readonly string[];
}

/**
 * An order in which the objects can be made: of those whose needs are met, always the one of the first kind, then of the first name.
 * So it depends on nothing but the schema. Needs that are no object of the list count as met; where objects need each other in a circle, the
 * one that would come first does.
 */
export function inOrder(objects: readonly Unordered[], kinds: readonly string[]): SchemaObject[] {
  const rank = new Map(kinds.map((kind, index) => [kind, index]));
  const sorted = objects.toSorted(
    (a, b) => (rank.get(a.kind) ?? kinds.length) - (rank.get(b.kind) ?? kinds.length) || compareBytes(a.name, b.name),
  );
  const place = new Map(sorted.map(({ key }, index) => [key, index]));
  const needed = sorted.map(
    ({ needs }, index) => new Set(needs.flatMap(key => place.get(key) ?? []).filter(at => at !== index)),
  );
  const followers = sorted.map((): number[] => []);
  for (const [index, needs] of needed.entries()) for (const at of needs) followers[at]!.push(index);
  const ready = new Heap();
  for (const [index, needs] of needed.entries()) if (needs.size === 0) ready.push(index);

  const done = new Set<number>();
  let first = 0;
  while (done.size < sorted.length) {
    while (done.has(first)) first++;
    const next = ready.pop() ?? firstOfCircle(needed, first);
    done.add(next);
    for (const follower of followers[next]!) {
      needed[follower]!.delete(next);
      if (needed[follower]!.size === 0 && !done.has(follower)) ready.push(follower);
    }
  }
  return [...done].map(index => {
    const { kind, name, sql } = sorted[index]!;
    return { kind, name, sql };
  });
}

/** Where nothing is ready, every need leads into a circle: its first member. */
function firstOfCircle(needed: readonly ReadonlySet<number>[], from: number): number {
  const path: number[] = [];
  for (let at = from; ; ) {
    const seen = path.indexOf(at);
    if (seen >= 0) return Math.min(...path.slice(seen));
    path.push(at);
    at = Math.min(...needed[at]!);
  }
}

/** Gives the least number first: tens of thousands of objects are too many to search a list each time. */
class Heap {
  readonly #items: number[] = [];

  push(item: number): void {
    const items = this.#items;
    let at = items.push(item) - 1;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (items[above]! <= item) break;
      items[at] = items[above]!;
      at = above;
    }
    items[at] = item;
  }

  pop(): number | undefined {
    const items = this.#items;
    const least = items[0];
    const last = items.pop();
    if (last === undefined || items.length === 0) return least;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      if (below >= items.length) break;
      if (below + 1 < items.length && items[below + 1]! < items[below]!) below++;
      if (items[below]! >= last) break;
      items[at] = items[below]!;
      at = below;
    }
    items[at] = last;
    return least;
  }
}
