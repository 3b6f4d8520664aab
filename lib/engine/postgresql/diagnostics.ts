import type { Diagnostics } from '../../core/database.ts';
import { adviseError } from './advice.ts';
import { lacksRight } from './rights.ts';

/** See `Diagnostics`. */
export const diagnostics: Diagnostics = { adviseError, lacksRight };
