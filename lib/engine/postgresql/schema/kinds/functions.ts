import { argumentTypes, comment, commentText, kept, key, written } from '../fragments.ts';
import type { Kind } from '../kind.ts';

/** Functions, procedures and window functions, as the server writes them. */
export const functions: Kind = {
  kinds: ['function', 'procedure'],
  query: () => `
SELECT p.word, p.name, ${key('pg_proc', 'p.oid')}, NULL,
  concat(rtrim(${written('pg_get_functiondef', 'p.oid')}, chr(10)), ';', ${commentText(`upper(p.word) || ' ' || p.name`, `obj_description(p.oid, 'pg_proc')`)})
FROM (SELECT pp.oid, CASE pp.prokind WHEN 'p' THEN 'procedure' ELSE 'function' END AS word,
    concat(n.name, '.', quote_ident(pp.proname), '(', ${argumentTypes('pp')}, ')') AS name
  FROM pg_proc pp JOIN ns n ON n.oid = pp.pronamespace WHERE pp.prokind IN ('f', 'p', 'w')) p
WHERE ${kept('pg_proc', 'p.oid')}`,
};

const part = (word: string, column: string) =>
  `CASE WHEN a.${column} <> 0 THEN concat(', ${word} = ', a.${column}::regproc::text) END`;

const modified = (word: string, column: string, usual: string) =>
  `CASE WHEN a.${column} <> ${usual} THEN concat(', ${word} = ', CASE a.${column} WHEN 'r' THEN 'READ_ONLY' WHEN 's' THEN 'SHAREABLE' ELSE 'READ_WRITE' END) END`;

const usual = `CASE WHEN a.aggkind = 'n' THEN 'r' ELSE 'w' END`;

export const aggregates: Kind = {
  kinds: ['aggregate'],
  query: () => `
SELECT 'aggregate', p.name, ${key('pg_proc', 'p.oid')}, NULL,
  concat('CREATE AGGREGATE ', p.qualified, '(', p.arguments, ') (SFUNC = ', a.aggtransfn::regproc::text, ', STYPE = ', format_type(a.aggtranstype, NULL),
    CASE WHEN a.aggtransspace <> 0 THEN ', SSPACE = ' || a.aggtransspace END,
    ${part('FINALFUNC', 'aggfinalfn')}, CASE WHEN a.aggfinalextra THEN ', FINALFUNC_EXTRA' END, ${modified('FINALFUNC_MODIFY', 'aggfinalmodify', usual)},
    ${part('COMBINEFUNC', 'aggcombinefn')}, ${part('SERIALFUNC', 'aggserialfn')}, ${part('DESERIALFUNC', 'aggdeserialfn')},
    ', INITCOND = ' || quote_literal(a.agginitval), ${part('MSFUNC', 'aggmtransfn')}, ${part('MINVFUNC', 'aggminvtransfn')},
    CASE WHEN a.aggmtranstype <> 0 THEN ', MSTYPE = ' || format_type(a.aggmtranstype, NULL) END,
    CASE WHEN a.aggmtransspace <> 0 THEN ', MSSPACE = ' || a.aggmtransspace END,
    ${part('MFINALFUNC', 'aggmfinalfn')}, CASE WHEN a.aggmfinalextra THEN ', MFINALFUNC_EXTRA' END,
    CASE WHEN a.aggmfinalfn <> 0 THEN ${modified('MFINALFUNC_MODIFY', 'aggmfinalmodify', usual)} END, ', MINITCOND = ' || quote_literal(a.aggminitval),
    CASE WHEN a.aggsortop <> 0 THEN (SELECT concat(', SORTOP = OPERATOR(', quote_ident(sn.nspname), '.', o.oprname, ')')
      FROM pg_operator o JOIN pg_namespace sn ON sn.oid = o.oprnamespace WHERE o.oid = a.aggsortop) END,
    CASE p.proparallel WHEN 's' THEN ', PARALLEL = SAFE' WHEN 'r' THEN ', PARALLEL = RESTRICTED' END,
    CASE WHEN a.aggkind = 'h' THEN ', HYPOTHETICAL' END, ');',
    ${comment('AGGREGATE', `p.qualified || '(' || p.arguments || ')'`, 'p.oid', 'pg_proc')})
FROM (SELECT pp.oid, pp.proparallel, n.name || '.' || quote_ident(pp.proname) AS qualified,
    CASE WHEN pp.pronargs = 0 THEN '*' ELSE pg_get_function_arguments(pp.oid) END AS arguments,
    concat(n.name, '.', quote_ident(pp.proname), '(', ${argumentTypes('pp')}, ')') AS name
  FROM pg_proc pp JOIN ns n ON n.oid = pp.pronamespace WHERE pp.prokind = 'a') p
JOIN pg_aggregate a ON a.aggfnoid = p.oid
WHERE ${kept('pg_proc', 'p.oid')}`,
};
