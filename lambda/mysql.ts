// A file of its own in the bundle, which only functions for MySQL are shipped with.
export { mysql } from '../lib/engine/mysql/index.ts';
