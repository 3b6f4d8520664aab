/** What is true of one engine only, behind one shape. `lib/engine/postgresql` makes one. */
export interface Engine {
  readonly name: 'postgresql' | 'mysql';
}
