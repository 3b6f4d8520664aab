/** A line of a comparison: kept, only in the old text, or only in the new one. */
export interface ComparedLine {
  readonly mark: ' ' | '-' | '+';
  readonly text: string;
}

/** Beyond so many differing lines the shortest comparison is not looked for: all old ones go, all new ones come. */
const MOST_EDITS = 600;

/** The shortest comparison of two lists of lines (E. Myers, "An O(ND) Difference Algorithm", 1986). */
export function compareLines(before: readonly string[], after: readonly string[]): ComparedLine[] {
  let head = 0;
  while (head < before.length && head < after.length && before[head] === after[head]) head++;
  let tail = 0;
  const most = Math.min(before.length, after.length) - head;
  while (tail < most && before.at(-1 - tail) === after.at(-1 - tail)) tail++;
  return [
    ...marked(' ', before.slice(0, head)),
    ...middle(before.slice(head, before.length - tail), after.slice(head, after.length - tail)),
    ...marked(' ', before.slice(before.length - tail)),
  ];
}

function middle(a: readonly string[], b: readonly string[]): ComparedLine[] {
  const trace = shortest(a, b);
  if (!trace) return [...marked('-', a), ...marked('+', b)];
  const lines: ComparedLine[] = [];
  let [x, y] = [a.length, b.length];
  for (let edits = trace.length - 1; edits > 0; edits--) {
    const reached = trace[edits]!;
    const down = isDown(reached, x - y, edits);
    const fromK = down ? x - y + 1 : x - y - 1;
    const fromX = at(reached, fromK);
    const fromY = fromX - fromK;
    for (; x > fromX && y > fromY; x--, y--) lines.push({ mark: ' ', text: a[x - 1]! });
    if (down) lines.push({ mark: '+', text: b[--y]! });
    else lines.push({ mark: '-', text: a[--x]! });
  }
  for (; x > 0; x--) lines.push({ mark: ' ', text: a[x - 1]! });
  return lines.reverse();
}

/** For each number of edits, how far each diagonal was reached before it; undefined where there are too many. */
function shortest(a: readonly string[], b: readonly string[]): Map<number, number>[] | undefined {
  const reached = new Map<number, number>([[1, 0]]);
  const trace: Map<number, number>[] = [];
  for (let edits = 0; edits <= Math.min(a.length + b.length, MOST_EDITS); edits++) {
    trace.push(new Map(reached));
    for (let k = -edits; k <= edits; k += 2) {
      let x = isDown(reached, k, edits) ? at(reached, k + 1) : at(reached, k - 1) + 1;
      let y = x - k;
      while (x < a.length && y < b.length && a[x] === b[y]) [x, y] = [x + 1, y + 1];
      reached.set(k, x);
      if (x >= a.length && y >= b.length) return trace;
    }
  }
  return undefined;
}

/** The diagonal is reached from the one above: by a new line, not by leaving out an old one. */
function isDown(reached: ReadonlyMap<number, number>, k: number, edits: number): boolean {
  return k === -edits || (k !== edits && at(reached, k - 1) < at(reached, k + 1));
}

function at(reached: ReadonlyMap<number, number>, k: number): number {
  return reached.get(k) ?? -1;
}

function marked(mark: ComparedLine['mark'], lines: readonly string[]): ComparedLine[] {
  return lines.map(text => ({ mark, text }));
}
