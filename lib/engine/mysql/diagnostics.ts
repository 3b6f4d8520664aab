import type { Diagnostics } from '../../core/database.ts';
import { adviseError } from '../advice/mysql.ts';
import { lacksRight } from './errors.ts';

/** See `Diagnostics`. */
export const diagnostics: Diagnostics = { adviseError, lacksRight };
