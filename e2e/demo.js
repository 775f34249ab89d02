// A demo of its own for each walk: the program is built once, started on a free
// port, and ended with the walk.
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const root = fileURLToPath(new URL("..", import.meta.url));
let program = process.env.KARTYAR; // a built program, or none

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

// startDemo returns the page's address and what ends the demo.
export async function startDemo() {
  const place = await mkdtemp(join(tmpdir(), "kartyar-e2e-"));
  if (!program) {
    const built = await mkdtemp(join(tmpdir(), "kartyar-e2e-program-"));
    process.on("exit", () => rmSync(built, { recursive: true, force: true })); // nothing asynchronous runs any more
    await promisify(execFile)("go", ["build", "-trimpath", "-o", join(built, "kartyar"), "."], { cwd: root });
    program = join(built, "kartyar");
  }
  const demo = spawn(program, ["demo", "--addr", `127.0.0.1:${await freePort()}`], {
    cwd: place, stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(demo, "exit");
  let address;
  for await (const line of createInterface(demo.stdout)) {
    address = line.match(/http:\S+/)?.[0];
    if (address) break;
  }
  if (!address) throw new Error("the demo did not start");
  demo.stdout.resume();
  return {
    address,
    async end() {
      demo.kill("SIGTERM");
      await ended;
      await rm(place, { recursive: true, force: true });
    },
  };
}
