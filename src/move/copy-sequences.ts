import pg from 'pg';

/** Makes sequences of the target go on where those of the source are. */
export async function copySequences(source: pg.ClientBase, writer: pg.ClientBase): Promise<void> {
  const { rows } = await source.query<{ name: string }>(`
    SELECT quote_ident(schemaname) || '.' || quote_ident(sequencename) AS name
    FROM pg_sequences WHERE schemaname = 'public'`);
  for (const { name } of rows) {
    const { rows: values } = await source.query<{ last: string; called: boolean }>(
      `SELECT last_value::text AS last, is_called AS called FROM ${name}`,
    );
    const [{ last, called } = { last: '1', called: false }] = values;
    await writer.query(`SELECT setval(${pg.escapeLiteral(name)}::regclass, $1, $2)`, [
      last,
      called,
    ]);
  }
}
