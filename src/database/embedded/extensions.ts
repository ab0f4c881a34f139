import { pg_trgm } from '@electric-sql/pglite/contrib/pg_trgm';

/** What migrations may `CREATE` in an embedded database; a server has its own. */
export const EXTENSIONS = { pg_trgm };
