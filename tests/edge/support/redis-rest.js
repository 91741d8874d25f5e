import { createServer } from "node:http";
import Redis from "ioredis";

/**
 * Serves a Redis over the REST protocol of Upstash: a command as a JSON array, its answer as
 * `result`. Upstash's own server is no software that can be installed; behind this is a real Redis.
 */
export async function serveRest(redisUrl) {
  const token = "a-token";
  const redis = new Redis(redisUrl);
  const listener = createServer(async (request, response) => {
    if (request.headers.authorization !== `Bearer ${token}`) {
      response.writeHead(401).end();
      return;
    }
    const parts = [];
    for await (const part of request) {
      parts.push(part);
    }
    const [command, ...args] = JSON.parse(Buffer.concat(parts).toString());
    const result = await redis.call(command, ...args);
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify({ result }));
  });
  await new Promise((resolve) => listener.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${listener.address().port}`,
    token,
    close: async () => {
      listener.closeAllConnections();
      await new Promise((resolve) => listener.close(resolve));
      await redis.quit();
    },
  };
}
