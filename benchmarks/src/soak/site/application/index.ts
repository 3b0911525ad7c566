// The application of a soak test: a page from the database, and notes that visitors store. The stored notes can be
// counted and compared with the answered requests.
import type { AppContext, Application } from "@tandem/appserver";
import type { FastifyInstance } from "fastify";

interface Tables {
  note: { id: string };
}

export const migrations: Application["migrations"] = () => ({
  "0001_note": {
    up: (db) =>
      db.schema
        .createTable("note")
        .addColumn("id", "varchar(40)", (column) => column.notNull())
        .execute(),
  },
});

export async function app(
  fastify: FastifyInstance,
  { database }: AppContext<Tables>,
): Promise<void> {
  fastify.get("/page", async () => {
    await database.selectFrom("note").select("id").limit(1).execute();
    return "page";
  });
  fastify.post<{ Body: { id: string } }>("/note", async ({ body: { id } }) => {
    await database.insertInto("note").values({ id }).execute();
    return id;
  });
  fastify.get("/notes", async () =>
    (await database.selectFrom("note").select("id").execute()).map(({ id }) => id),
  );
}
