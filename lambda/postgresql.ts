// A file of its own in the bundle, which only functions for PostgreSQL are shipped with.
export { postgresql } from '../lib/engine/postgresql/index.ts';
