import { MemoryStore, newSessionId } from "session-merge/stores";

/** A store that holds one session with this text. */
export async function storeWith(text) {
  const store = new MemoryStore();
  const id = newSessionId();
  await store.create(id, text, 60);
  return { store, id };
}

export async function textIn(store, id) {
  return (await store.load(id)).text;
}
