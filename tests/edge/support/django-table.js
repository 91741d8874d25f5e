/** Makes the table of Django's sessions, as its migration does on PostgreSQL. */
export async function createDjangoTable(run, table = "django_session") {
  await run(`CREATE TABLE ${table} (
    session_key varchar(40) NOT NULL PRIMARY KEY,
    session_data text NOT NULL,
    expire_date timestamp with time zone NOT NULL)`);
}
